import type { CompiledFlow, CompiledNode, CompiledNodeOf, CompiledPrompt } from './compile.ts'
import { interruptedPath, terminatedPath } from './outputs.ts'
import { beginRun, end, ended, enter, finished, header, type Run, resumeRun, wait } from './run.ts'
import type { FlowInput, FlowInputOf, FlowState, HungUp, NodeInput, Prompt, Speech, Step, UnansweredOutcome, WaitingState } from './step.ts'
import { renderTemplate, type Template } from './template.ts'
import { maxValueLength, type Variables, type VariableValue } from './variable.ts'

/** A flow that loops longer than this is ended: `node_limit`. */
export const maxNodeExecutions = 1000

type WaitingOn<W extends FlowState['waitingFor']> = Extract<FlowState, { waitingFor: W }>

/** The first step of a call: it asks for the dial. `variables` are what the flow may read: contact, `sys.…`. `atMs`: epoch milliseconds. */
export function startFlow(flow: CompiledFlow, variables: Variables, atMs: number): Step {
  return proceed(beginRun(flow, variables, atMs), flow.start)
}

/**
 * What follows from a fact that the carrier reports. One that does not fit what the flow waits for is late or double: it is absorbed, and
 * the step holds the same state and nothing else. Throws `RangeError` for a state of another flow.
 */
export function advance(flow: CompiledFlow, state: FlowState, input: FlowInput, atMs: number): Step {
  if (state.waitingFor === 'nothing') return absorbed(state)
  const node = flow.nodes.get(state.nodeId)
  if (!node) throw new RangeError(`the flow has no node '${state.nodeId}': the state belongs to another flow`)
  const run = resumeRun(state, atMs)
  if (input.type === 'hungup') return interrupted(run, node, state, input)
  if (isAboutAnother(input, state)) return absorbed(state)
  switch (node.type) {
    case 'dial':
      if (input.type === 'answered') return answered(run, node, state, input)
      return input.type === 'not_answered' ? notAnswered(run, node, state, input) : absorbed(state)
    case 'play':
    case 'say':
      return input.type === 'played' && state.waitingFor === 'playback' ? played(run, node, state, input) : absorbed(state)
    case 'dtmf':
      return input.type === 'collected' && state.waitingFor === 'digits' ? collected(run, node, state, input) : absorbed(state)
    case 'record':
      return input.type === 'recorded' ? recorded(run, node, state, input) : absorbed(state)
    case 'answer':
    case 'condition':
    case 'set_variable':
    case 'hangup':
      return absorbed(state)
  }
}

function isAboutAnother(input: NodeInput, state: Exclude<FlowState, WaitingOn<'nothing'>>): boolean {
  if (input.nodeExecutionIndex !== undefined && input.nodeExecutionIndex !== state.nodeExecutionIndex) return true
  return input.type === 'collected' && input.attempt !== undefined && state.waitingFor === 'digits' && input.attempt !== state.attempt
}

function absorbed(state: FlowState): Step {
  return { state, instructions: [], executed: [] }
}

/** Runs from a node on, up to the first that has to wait, or to the end. */
function proceed(run: Run, first: CompiledNode | undefined): Step {
  let node = first
  while (node) {
    if (run.current.nodeExecutionIndex === maxNodeExecutions) return end(run, 'failed', 'node_limit')
    const entered = enter(run, node)
    switch (node.type) {
      case 'dial': {
        const amd = node.amd === undefined ? {} : { amd: node.amd }
        return wait(run, { waitingFor: 'answer', ...entered }, { type: 'dial', timeoutMs: node.timeoutMs, ...amd })
      }
      case 'play': {
        const media = renderTemplate(node.media, run.variables)
        return wait(run, { waitingFor: 'playback', content: media, ...entered }, { type: 'play', media })
      }
      case 'say': {
        const speech = speechOf(node, run.variables)
        return wait(run, { waitingFor: 'playback', content: speech.text, ...entered }, { type: 'say', ...speech })
      }
      case 'dtmf':
        return collect(run, node, { waitingFor: 'digits', attempt: 1, ...entered })
      case 'record':
        return wait(run, { waitingFor: 'recording', ...entered }, { type: 'record', ...node.limits })
      case 'answer':
        run.executed.push({ ...header(run, node, entered, 'onComplete'), nodeType: 'answer', data: {} })
        node = node.links.get('onComplete')
        break
      case 'condition': {
        const output = node.branches.find((branch) => branch.holds(run.variables))?.output ?? 'onDefault'
        run.executed.push({ ...header(run, node, entered, output), nodeType: 'condition', data: {} })
        node = node.links.get(output)
        break
      }
      case 'set_variable': {
        const { name } = node
        const value = valueToSet(node.value, run.variables)
        run.variables = { ...run.variables, [name]: value }
        run.executed.push({ ...header(run, node, entered, 'onComplete'), nodeType: 'set_variable', data: { name, value } })
        node = node.links.get('onComplete')
        break
      }
      case 'hangup':
        run.executed.push({ ...header(run, node, entered, terminatedPath), nodeType: 'hangup', data: { reason: node.reason } })
        return finished(run, node.reason)
    }
  }
  return finished(run, null)
}

/** The answer. A machine takes onVoicemail where that is linked, else it is spoken to like a person. */
function answered(run: Run, node: CompiledNodeOf<'dial'>, state: WaitingState, { answeredBy }: FlowInputOf<'answered'>): Step {
  const toVoicemail = answeredBy === 'machine' && (node.links.has('onVoicemail') || !node.links.has('onAnswer'))
  const output = toVoicemail ? 'onVoicemail' : 'onAnswer'
  run.variables = { ...run.variables, answeredBy }
  run.executed.push({ ...header(run, node, state, output), nodeType: 'dial', data: { answeredBy, outcome: null } })
  return proceed(run, node.links.get(output))
}

const outputOfOutcome = { no_answer: 'onNoAnswer', busy: 'onBusy', rejected: 'onRejected', failed: 'onFailed' } as const satisfies Record<
  UnansweredOutcome,
  string
>

function notAnswered(run: Run, node: CompiledNodeOf<'dial'>, state: WaitingState, input: FlowInputOf<'not_answered'>): Step {
  const output = outputOfOutcome[input.outcome]
  const reason = input.reason === undefined ? {} : { reason: input.reason }
  run.unanswered = input
  run.executed.push({
    ...header(run, node, state, output),
    nodeType: 'dial',
    data: { answeredBy: null, outcome: input.outcome, ...reason },
  })
  return proceed(run, node.links.get(output))
}

function played(
  run: Run,
  node: CompiledNodeOf<'play' | 'say'>,
  state: WaitingOn<'playback'>,
  { durationMs, completedBy }: FlowInputOf<'played'>,
): Step {
  const output = completedBy === 'failed' ? 'onFailed' : 'onComplete'
  recordPlayback(run, node, state, output, { durationMs, completedBy })
  return afterMedia(run, node, output)
}

function recordPlayback(
  run: Run,
  node: CompiledNodeOf<'play' | 'say'>,
  state: WaitingOn<'playback'>,
  output: string,
  playback: Pick<FlowInputOf<'played'>, 'durationMs' | 'completedBy'>,
): void {
  const common = header(run, node, state, output)
  if (node.type === 'play') run.executed.push({ ...common, nodeType: 'play', data: { media: state.content, ...playback } })
  else run.executed.push({ ...common, nodeType: 'say', data: { text: state.content, ...playback } })
}

/** Audio that fails ends the flow as failed, unless the flow says what to do then. */
function afterMedia(run: Run, node: CompiledNode, output: 'onComplete' | 'onFailed'): Step {
  const next = node.links.get(output)
  return output === 'onFailed' && !next ? end(run, 'failed', 'media_failed') : proceed(run, next)
}

function recorded(run: Run, node: CompiledNodeOf<'record'>, state: WaitingState, input: FlowInputOf<'recorded'>): Step {
  const output = input.ok ? 'onComplete' : 'onFailed'
  const recordingId = input.recordingId ?? null
  recordRecording(run, node, state, output, { durationMs: input.durationMs, recordingId })
  return afterMedia(run, node, output)
}

function recordRecording(
  run: Run,
  node: CompiledNodeOf<'record'>,
  state: WaitingState,
  output: string,
  data: { durationMs: number; recordingId: string | null },
): void {
  if (node.variable !== null && data.recordingId !== null) run.variables = { ...run.variables, [node.variable]: data.recordingId }
  run.executed.push({ ...header(run, node, state, output), nodeType: 'record', data })
}

function collect(run: Run, node: CompiledNodeOf<'dtmf'>, state: WaitingOn<'digits'>): Step {
  const prompt = node.prompt ? { prompt: promptOf(node.prompt, run.variables) } : {}
  return wait(run, state, { type: 'collect', ...prompt, ...node.entry, attempt: state.attempt })
}

function collected(run: Run, node: CompiledNodeOf<'dtmf'>, state: WaitingOn<'digits'>, input: FlowInputOf<'collected'>): Step {
  const { digits } = input
  const accepted = outputOfDigits(node, digits)
  if (accepted === null && state.attempt < node.maxAttempts) return collect(run, node, { ...state, attempt: state.attempt + 1 })
  const output = accepted ?? (digits === '' && input.endedBy === 'timeout' ? 'onTimeout' : 'onInvalid')
  if (accepted !== null && node.variable !== null) run.variables = { ...run.variables, [node.variable]: digits }
  const branch = node.branches ? accepted : null
  run.executed.push({ ...header(run, node, state, output), nodeType: 'dtmf', data: { digits, branch, attempts: state.attempt } })
  return proceed(run, node.links.get(output))
}

/** `null` for digits that are too few, too many, or lead to no branch. */
function outputOfDigits(node: CompiledNodeOf<'dtmf'>, digits: string): string | null {
  if (digits.length < node.entry.minDigits || digits.length > node.entry.maxDigits) return null
  return node.branches ? (node.branches.get(digits) ?? null) : 'onComplete'
}

/** The call is over while a node runs. The node counts as executed, and takes no output. */
function interrupted(
  run: Run,
  node: CompiledNode,
  state: Exclude<FlowState, WaitingOn<'nothing'>>,
  { by, reason, recordingId }: HungUp,
): Step {
  const durationMs = run.atMs - state.startedAtMs
  if ((node.type === 'play' || node.type === 'say') && state.waitingFor === 'playback') {
    recordPlayback(run, node, state, interruptedPath, { durationMs, completedBy: 'stopped' })
  } else if (node.type === 'dtmf' && state.waitingFor === 'digits') {
    const data = { digits: '', branch: null, attempts: state.attempt }
    run.executed.push({ ...header(run, node, state, interruptedPath), nodeType: 'dtmf', data })
  } else if (node.type === 'record') {
    recordRecording(run, node, state, interruptedPath, { durationMs, recordingId: recordingId ?? null })
  } else if (node.type === 'dial') {
    run.executed.push({ ...header(run, node, state, interruptedPath), nodeType: 'dial', data: { answeredBy: null, outcome: null } })
  }
  const abandoned = by === 'callee' && state.waitingFor !== 'answer'
  return ended(run, abandoned ? 'abandoned' : 'failed', reasonOfHangup[by], reason)
}

const reasonOfHangup = { callee: 'callee_hung_up', us: 'stopped', carrier: 'carrier_failed' } as const

function valueToSet(value: VariableValue | Template, variables: Variables): VariableValue {
  return typeof value === 'object' && value !== null ? renderTemplate(value, variables, maxValueLength) : value
}

function promptOf(prompt: CompiledPrompt, variables: Variables): Prompt {
  return 'media' in prompt ? { media: renderTemplate(prompt.media, variables) } : speechOf(prompt, variables)
}

function speechOf({ text, language, voice }: { text: Template; language?: string; voice?: string }, variables: Variables): Speech {
  return {
    text: renderTemplate(text, variables),
    ...(language === undefined ? {} : { language }),
    ...(voice === undefined ? {} : { voice }),
  }
}
