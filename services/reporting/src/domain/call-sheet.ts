import { toIso } from '@carillon/contracts/instant'
import { microsToJson } from '@carillon/money/credits'
import type { Call, CallEnd } from './call.ts'
import type { StoryEvent } from './call-story.ts'
import type { FlowNode } from './execution.ts'
import type { Cell } from './spreadsheet.ts'

/** A custom attribute of an organization. */
export interface Attribute {
  readonly slug: string
  readonly displayName: string
}

/** A call with what a row of the export shows of it. */
export interface CallRecord {
  readonly call: Call
  /** Absent while the call goes on. */
  readonly end?: CallEnd | undefined
  /** Absent while the call is not rated. */
  readonly costMicros?: bigint | undefined
  /** What was read of the call; empty while it goes on. */
  readonly events: readonly StoryEvent[]
}

/** The export of calls: its header, and the row of each call. */
export interface CallSheet {
  readonly header: readonly string[]
  rowOf(record: CallRecord): Cell[]
}

type NodeRun = Extract<StoryEvent, { type: 'node.executed' }>['data']
type Scalar = NodeRun['data'][string]

const fixed: readonly [name: string, (record: CallRecord) => Cell][] = [
  ['Call ID', ({ call }) => call.callId],
  ['Contact ID', ({ call }) => call.contactId],
  ['First Name', ({ call }) => call.firstName],
  ['Last Name', ({ call }) => call.lastName],
  // The number of the contact: every call is an outbound one so far.
  ['Phone', ({ call }) => (call.direction === 'outbound' ? call.to : call.from)],
  ['From', ({ call }) => call.from],
  ['To', ({ call }) => call.to],
  ['Direction', ({ call }) => call.direction],
  ['Attempt', ({ call }) => call.attempt],
  ['Status', ({ end }) => end?.outcome ?? 'ongoing'],
  ['Outcome', ({ end }) => end?.outcome ?? null],
  ['Outcome Reason', ({ end }) => end?.outcomeReason ?? null],
  ['Flow Outcome', ({ end }) => end?.flowOutcome ?? null],
  ['Started At', ({ call }) => toIso(call.startedAtMs)],
  ['Answered At', ({ end }) => (end === undefined || end.answeredAtMs === null ? null : toIso(end.answeredAtMs))],
  ['Ended At', ({ end }) => (end === undefined ? null : toIso(end.endedAtMs))],
  ['Duration (ms)', ({ end }) => end?.durationMs ?? null],
  ['Total Cost', ({ costMicros }) => (costMicros === undefined ? null : microsToJson(costMicros))],
]

type NodeColumn = readonly [name: string, (run: NodeRun) => Scalar | undefined]

const result: NodeColumn = ['Result', (run) => run.outputPath]
const recording: readonly NodeColumn[] = [
  result,
  ['Recording ID', (run) => run.data.recordingId],
  ['Transcription', (run) => run.data.transcription],
]

/** The columns of a node by its type. A type that is not listed has its result. */
const nodeColumns: Readonly<Record<string, readonly NodeColumn[]>> = {
  answer: [],
  hangup: [],
  dtmf: [
    ['Input', (run) => run.data.digits],
    ['Branch', (run) => run.outputPath],
  ],
  record: recording,
  collect_audio: recording,
  set_variable: [['Value', (run) => run.data.value]],
}

const columnsOf = (type: string): readonly NodeColumn[] => (Object.hasOwn(nodeColumns, type) ? (nodeColumns[type] ?? []) : [result])

/** Columns of the contract: the fixed ones (rule 24), custom attributes by display name, and those of each node by its label. */
export function callSheet(nodes: readonly FlowNode[], attributes: readonly Attribute[]): CallSheet {
  const shown = nodes.filter(({ type }) => columnsOf(type).length > 0)
  const labels = toldApart(shown.map(({ id, label }) => ({ id, name: label ?? id })))
  const taken = new Set(fixed.map(([name]) => name))
  const attributeNames = toldApart(
    attributes.map(({ slug, displayName }) => ({ id: slug, name: displayName })),
    taken,
  )
  return {
    header: [
      ...taken,
      ...attributeNames,
      ...shown.flatMap(({ type }, index) => columnsOf(type).map(([name]) => `${labels[index]}: ${name}`)),
    ],
    rowOf(record) {
      const { runs, variables } = toldBy(record.events)
      return [
        ...fixed.map(([, cellOf]) => cellOf(record)),
        ...attributes.map(({ slug }) => cell(variables[`contact.customAttributes.${slug}`])),
        ...shown.flatMap(({ id, type }) => {
          const run = runs.get(id)
          return columnsOf(type).map(([, shownOf]) => (run ? cell(shownOf(run)) : null))
        }),
      ]
    },
  }
}

/** The last run of each node, and the variables at the end: the contact's among them, as the call knew them. */
function toldBy(events: readonly StoryEvent[]) {
  const runs = new Map<string, NodeRun>()
  let variables: Readonly<Record<string, Scalar>> = {}
  for (const event of events) {
    if (event.type === 'call.ended') variables = event.data.finalVariables
    if (event.type !== 'node.executed') continue
    const before = runs.get(event.data.nodeId)
    if (!before || before.nodeExecutionIndex < event.data.nodeExecutionIndex) runs.set(event.data.nodeId, event.data)
  }
  return { runs, variables }
}

function cell(value: Scalar | undefined): Cell {
  if (value === undefined || value === null) return null
  return typeof value === 'boolean' ? String(value) : value
}

/** Names in which no two are equal: one that is there twice, or is taken, has its id behind it. */
function toldApart(named: readonly { readonly id: string; readonly name: string }[], taken: ReadonlySet<string> = new Set()): string[] {
  const counts = new Map<string, number>()
  for (const { name } of named) counts.set(name, (counts.get(name) ?? 0) + 1)
  return named.map(({ id, name }) => (taken.has(name) || (counts.get(name) ?? 0) > 1 ? `${name} (${id})` : name))
}
