import type { CallEnded, SequencedCallEvent } from '@carillon/contracts/call-events'

/** What a row of a call holds of each of its events: the call itself is the row's key. */
type Told<Event extends SequencedCallEvent> = Event extends unknown
  ? Pick<Event, 'type' | 'time'> & { readonly seq: number; readonly data: Omit<Event['data'], 'callId' | 'seq' | 'executionId' | 'jobId'> }
  : never

/** An event of a call, as it is stored. */
export type StoryEvent = Told<SequencedCallEvent>
type StoryEventOf<Type extends StoryEvent['type']> = Extract<StoryEvent, { type: Type }>

/** What happened on a call, by what a report of it asks for. */
export interface CallStory {
  readonly started: StoryEventOf<'call.started'>['data']
  /** When the carrier accepted the call; null if it has not, or refused it. */
  readonly dialedAt: string | null
  readonly answeredAt: string | null
  /** When it ended, and how; null while it goes on. */
  readonly end: { readonly at: string; readonly data: Omit<CallEnded['data'], 'callId' | 'seq' | 'executionId' | 'jobId'> } | null
  /** The runs of nodes that are over, in the order in which they began. */
  readonly runs: readonly StoryEventOf<'node.executed'>[]
  /** The dial node while nobody has answered yet. */
  readonly dialing: StoryEventOf<'call.dialed'> | null
  /** The events that a reader of the report sees, in order. */
  readonly events: readonly (StoryEventOf<'call.dialed'> | StoryEventOf<'call.answered'> | StoryEventOf<'node.executed'>)[]
}

/**
 * The story of a call from its stored events. Undefined if its first event is missing, which no stored call has.
 *
 * @param events in the order of their `seq`
 */
export function storyOf(events: readonly StoryEvent[]): CallStory | undefined {
  const [first] = events
  if (first?.type !== 'call.started') return undefined
  const dialed = events.find((event) => event.type === 'call.dialed')
  const ended = events.find((event) => event.type === 'call.ended')
  const runs = events.filter((event) => event.type === 'node.executed')
  const isOver = dialed && runs.some(({ data }) => data.nodeExecutionIndex === dialed.data.nodeContext.nodeExecutionIndex)
  return {
    started: first.data,
    dialedAt: ended?.data.dialedAt ?? dialed?.time ?? null,
    answeredAt: ended?.data.answeredAt ?? events.find((event) => event.type === 'call.answered')?.time ?? null,
    end: ended ? { at: ended.time, data: ended.data } : null,
    runs: runs.toSorted((a, b) => a.data.nodeExecutionIndex - b.data.nodeExecutionIndex),
    dialing: dialed && !isOver && !ended ? dialed : null,
    events: events.filter(isShown),
  }
}

/** The run of a dial node is told by `dial` and `answer`; ringing is part of it. */
function isShown(event: StoryEvent): event is CallStory['events'][number] {
  if (event.type === 'node.executed') return event.data.nodeType !== 'dial'
  return event.type === 'call.dialed' || event.type === 'call.answered'
}
