import type { MetricDefinition } from '@carillon/contracts/metrics-catalog'

/** How a metric comes about. Names are those of other metrics. */
export type Formula =
  /** Counted or added up from events; the text says what. */
  | { readonly type: 'events'; readonly text: string; readonly source: Source }
  | { readonly type: 'sum'; readonly of: readonly string[] }
  /** In percent. */
  | { readonly type: 'ratio'; readonly part: string; readonly whole: string }
  | { readonly type: 'mean'; readonly total: string; readonly items: string }

type Source = 'execution events' | 'call events' | 'node.executed' | 'call.rated'

export interface Metric {
  readonly name: string
  readonly label: string
  readonly unit: MetricDefinition['unit']
  readonly formula: Formula
  /** By the operation of the report: the field. */
  readonly fields: Readonly<Partial<Record<Report, readonly string[]>>>
}

/** The operations whose answers show metrics. */
export type Report = 'getExecutionReport' | 'getExecutionBreakdown' | 'getExecutionNodeStats' | 'getExecutionBilling'

const events = (source: Source, text: string): Formula => ({ type: 'events', source, text })
const sum = (...of: string[]): Formula => ({ type: 'sum', of })
const ratio = (part: string, whole: string): Formula => ({ type: 'ratio', part, whole })

function contacts(name: string, field: string, label: string, formula: Formula, unit: Metric['unit'] = 'count'): Metric {
  return { name, label, unit, formula, fields: { getExecutionReport: [`contactMetrics.${field}`] } }
}

/** A metric of calls. `inReport` and `inBreakdown` are its fields there; the breakdown shows it for each attempt and in total. */
function calls(
  name: string,
  label: string,
  formula: Formula,
  {
    inReport,
    inBreakdown,
    inNodeStats,
    unit = 'count',
  }: { inReport?: string; inBreakdown?: string; inNodeStats?: string; unit?: Metric['unit'] },
): Metric {
  return {
    name,
    label,
    unit,
    formula,
    fields: {
      ...(inReport === undefined ? {} : { getExecutionReport: [`callMetrics.${inReport}`] }),
      ...(inBreakdown === undefined ? {} : { getExecutionBreakdown: [`perAttempt[].${inBreakdown}`, `total.${inBreakdown}`] }),
      ...(inNodeStats === undefined ? {} : { getExecutionNodeStats: [inNodeStats] }),
    },
  }
}

function nodes(name: string, field: string, label: string, formula: Formula, unit: Metric['unit'] = 'count'): Metric {
  return { name, label, unit, formula, fields: { getExecutionNodeStats: [`nodes[].${field}`] } }
}

function costs(name: string, field: string, label: string, unit: Metric['unit'], formula: Formula): Metric {
  return {
    name,
    label,
    unit,
    formula,
    fields: { getExecutionReport: [`billingMetrics.${field}`], getExecutionBilling: [`summary.${field}`] },
  }
}

function bill(name: string, field: string, label: string, unit: Metric['unit'], formula: Formula): Metric {
  return { name, label, unit, formula, fields: { getExecutionBilling: [field] } }
}

const percent = 'percent'
const outcome = (text: string) => events('call events', text)

/** Every figure of the reports (contract rules 4 to 9). A test computes each sum, ratio and mean again, and finds a field that is missing here. */
export const metricsCatalog: readonly Metric[] = [
  {
    name: 'executionDuration',
    label: 'Duration',
    unit: 'milliseconds',
    formula: events('execution events', 'from the actual start to the actual end, or to now'),
    fields: { getExecutionReport: ['durationMs'] },
  },
  contacts(
    'contactsPending',
    'pending',
    'Contacts that wait for their first call',
    events('execution events', 'contacts in the status pending'),
  ),
  contacts('contactsQueued', 'queued', 'Contacts whose call is ordered', events('execution events', 'contacts in the status queued')),
  contacts('contactsCalling', 'calling', 'Contacts whose call goes on', events('execution events', 'contacts in the status calling')),
  contacts(
    'contactsPendingRetry',
    'pendingRetry',
    'Contacts that wait for a retry',
    events('execution events', 'contacts in the status pending_retry'),
  ),
  contacts('contactsCompleted', 'completed', 'Contacts that were reached', events('execution events', 'contacts in the status completed')),
  contacts('contactsFailed', 'failed', 'Contacts that were not reached', events('execution events', 'contacts in the status failed')),
  contacts('contactsSkipped', 'skipped', 'Contacts that are not called', events('execution events', 'contacts in the status skipped')),
  contacts(
    'totalContacts',
    'totalContacts',
    'Contacts',
    sum(
      ...['contactsPending', 'contactsQueued', 'contactsCalling', 'contactsPendingRetry'],
      ...['contactsCompleted', 'contactsFailed', 'contactsSkipped'],
    ),
  ),
  contacts('reachRate', 'reachRate', 'Reach rate', ratio('contactsCompleted', 'totalContacts'), percent),

  calls('totalCalls', 'Calls', outcome('calls that were dialed, those that go on among them; a retry is a call of its own'), {
    inReport: 'totalCalls',
    inBreakdown: 'callsAttempted',
    inNodeStats: 'totalCalls',
  }),
  calls('callsAnswered', 'Calls that a human answered', outcome('calls with the outcome completed'), {
    inReport: 'answered',
    inBreakdown: 'callsAnswered',
  }),
  calls('callsVoicemail', 'Calls that a machine answered', outcome('calls with the outcome voicemail'), {
    inReport: 'voicemail',
    inBreakdown: 'callsVoicemail',
  }),
  calls('callsNoAnswer', 'Calls that nobody answered', outcome('calls with the outcome no_answer'), {
    inReport: 'noAnswer',
    inBreakdown: 'callsNoAnswer',
  }),
  calls('callsBusy', 'Calls to a busy line', outcome('calls with the outcome busy'), { inReport: 'busy' }),
  calls('callsRejected', 'Calls that were rejected', outcome('calls with the outcome rejected'), { inReport: 'rejected' }),
  calls('callsFailed', 'Calls that failed', outcome('calls with the outcome failed'), { inReport: 'failed' }),
  calls('callsUnsuccessful', 'Calls that were busy, rejected or failed', sum('callsBusy', 'callsRejected', 'callsFailed'), {
    inBreakdown: 'callsFailed',
  }),
  calls('callsConnected', 'Connected calls', sum('callsAnswered', 'callsVoicemail'), {
    inReport: 'connected',
    inBreakdown: 'callsConnected',
  }),
  calls(
    'callsCompleted',
    'Calls whose flow reached a normal end',
    outcome('calls with the flow outcome completed, whatever their outcome'),
    {
      inReport: 'completed',
      inBreakdown: 'callsCompleted',
      inNodeStats: 'completedCalls',
    },
  ),
  calls('connectionRate', 'Connection rate', ratio('callsConnected', 'totalCalls'), {
    inReport: 'connectionRate',
    inBreakdown: 'connectedPercentage',
    unit: percent,
  }),
  calls('answerRate', 'Answer rate', ratio('callsAnswered', 'totalCalls'), {
    inReport: 'answerRate',
    inBreakdown: 'answeredPercentage',
    unit: percent,
  }),
  calls('voicemailRate', 'Voicemail rate', ratio('callsVoicemail', 'totalCalls'), { inBreakdown: 'voicemailPercentage', unit: percent }),
  calls('noAnswerRate', 'No-answer rate', ratio('callsNoAnswer', 'totalCalls'), { inBreakdown: 'noAnswerPercentage', unit: percent }),
  calls('completionRate', 'Completion rate', ratio('callsCompleted', 'totalCalls'), {
    inBreakdown: 'completedPercentage',
    inNodeStats: 'completionRate',
    unit: percent,
  }),
  calls(
    'averageDuration',
    'Mean duration of connected calls',
    outcome('mean of answer to end over the connected calls, 0 if there are none'),
    {
      inBreakdown: 'averageDurationMs',
      unit: 'milliseconds',
    },
  ),

  nodes('nodeCalls', 'uniqueCalls', 'Calls that ran the node', events('node.executed', 'calls that ran the node at least once')),
  nodes(
    'nodeExecutions',
    'totalExecutions',
    'Runs of the node',
    events('node.executed', 'runs of the node over all calls, loops among them'),
  ),
  nodes('nodeShare', 'percentage', 'Share of calls that ran the node', ratio('nodeCalls', 'totalCalls'), percent),
  nodes(
    'inputs',
    'dtmfBreakdown.*',
    'Entries of these digits',
    events('node.executed', 'runs of the node in which these digits were pressed'),
  ),
  nodes(
    'inputShare',
    'dtmfPercentages.*',
    'Share of these digits',
    events('node.executed', 'inputs / all entries of the node, in percent'),
    percent,
  ),

  costs('creditsUsed', 'totalCreditsUsed', 'Credits used', 'credits', events('call.rated', 'the costs of all calls added up')),
  costs('billableCalls', 'billableCallsCount', 'Calls that cost something', 'count', events('call.rated', 'calls with a cost above 0')),
  costs('averageCostPerCall', 'averageCostPerCall', 'Mean cost of a billable call', 'credits', {
    type: 'mean',
    total: 'creditsUsed',
    items: 'billableCalls',
  }),
  bill(
    'nodeTypeCost',
    'byNodeType[].totalCost',
    'Cost of nodes of the type',
    'credits',
    events('call.rated', 'the costs of its runs added up'),
  ),
  bill('nodeTypeExecutions', 'byNodeType[].executionCount', 'Rated runs of nodes of the type', 'count', events('call.rated', 'rated runs')),
  bill(
    'nodeTypeDuration',
    'byNodeType[].totalDurationMs',
    'Time in nodes of the type',
    'milliseconds',
    events('call.rated', 'the durations of its runs added up'),
  ),
  bill('callCost', 'topCostlyCalls[].totalCost', 'Cost of the call', 'credits', events('call.rated', 'the costs of its nodes added up')),
  bill(
    'callDuration',
    'topCostlyCalls[].durationMs',
    'Duration of the call',
    'milliseconds',
    events('call events', 'from the answer to the end'),
  ),
]

/** A metric as the API tells it. */
export function definitionOf({ name, label, unit, formula, fields }: Metric): MetricDefinition {
  return {
    name,
    label,
    unit,
    formula: formulaText(formula),
    source: formula.type === 'events' ? formula.source : 'metrics',
    fields: Object.entries(fields).flatMap(([report, places]) => places.map((place) => `${report}: ${place}`)),
  }
}

function formulaText(formula: Formula): string {
  switch (formula.type) {
    case 'events':
      return formula.text
    case 'sum':
      return formula.of.join(' + ')
    case 'ratio':
      return `${formula.part} / ${formula.whole}, in percent`
    case 'mean':
      return `${formula.total} / ${formula.items}`
  }
}
