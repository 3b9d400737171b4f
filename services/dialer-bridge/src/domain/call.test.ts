import { describe, expect, test } from 'vitest'
import {
  answered,
  at,
  begin,
  digits,
  endOf,
  iso,
  order,
  originated,
  over,
  played,
  report,
  ringing,
  startedAtMs,
  told,
} from '../../test/support/call-run.ts'
import { menuFlow, surveyFlow } from '../../test/support/flows.ts'
import { advanceCall, breakOff, giveUp } from './call.ts'
import type { CarrierEvent } from './carrier-event.ts'

describe('a call', () => {
  test('asks the carrier for the call that the order and the dial node describe', () => {
    expect(begin(menuFlow).commands).toEqual([
      {
        type: 'originate',
        isTest: false,
        channelId: 'call-1',
        from: '+212500000001',
        to: '+212600000001',
        attempt: 1,
        timeoutMs: 30_000,
        amd: false,
        requestedAtMs: startedAtMs,
      },
    ])
  })

  test.each([
    [true, true],
    [false, false],
    [null, true],
  ])('whose order says amd %s, and whose dial node says true, asks for %s', (ordered, asked) => {
    expect(begin(surveyFlow, order({ amd: ordered })).commands).toMatchObject([{ type: 'originate', amd: asked }])
  })

  test('that is answered and runs to its end gives all events, in order and without gaps', () => {
    const run = report(
      begin(menuFlow),
      originated,
      ringing,
      answered(),
      played('2', 7),
      digits('3.1', '1', 9),
      played('4', 12),
      over(12, { by: 'us' }),
    )
    expect(told(run)).toEqual([
      'call.started',
      'call.dialed',
      'call.ringing',
      'call.answered',
      'dial onAnswer',
      'greet onComplete',
      'menu branch_1',
      'thanks onComplete',
      'bye terminated',
      'call.ended',
    ])
    expect(run.events.map(({ data }) => data.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(run.events.map(({ id }) => id)).toEqual(run.events.map(({ data }) => `call-1:${data.seq}`))
    expect(run.commands.map(({ type }) => type)).toEqual(['originate', 'say', 'collect', 'play', 'hangup'])
    expect(endOf(run)).toMatchObject({
      time: iso(12),
      data: {
        outcome: 'completed',
        flowOutcome: 'completed',
        outcomeReason: 'Flow completed successfully',
        dialedAt: iso(0),
        answeredAt: iso(5),
        durationMs: 7000,
        dialNodeId: 'dial',
        nodeExecutionCount: 5,
        flowStartedAt: iso(0),
        flowCompletedAt: iso(12),
        q850Cause: 16,
        finalVariables: {
          'contact.fullName': 'Amina Idrissi',
          'contact.credit': 2500,
          'sys.callId': 'call-1',
          'sys.attempt': 1,
          'sys.maxAttempts': 3,
          answeredBy: 'human',
          choice: '1',
        },
      },
    })
  })

  test('gives an event for what each node did', () => {
    const run = report(begin(menuFlow), originated, answered(), played('2', 7), digits('3.1', '1', 9))
    expect(run.commands[1]).toEqual({ type: 'say', operationId: '2', text: 'Hello Amina Idrissi' })
    expect(run.events.at(-1)).toMatchObject({
      type: 'node.executed',
      time: iso(9),
      data: {
        nodeId: 'menu',
        nodeType: 'dtmf',
        nodeLabel: 'Menu',
        nodeExecutionIndex: 3,
        visit: 1,
        startedAt: iso(7),
        durationMs: 2000,
        outputPath: 'branch_1',
        data: { digits: '1', branch: 'branch_1', attempts: 1 },
      },
    })
  })

  test.each<[string, Partial<Extract<CarrierEvent, { type: 'ended' }>>, string, string, string, boolean]>([
    ['is busy', { sipStatus: 486, q850Cause: 17 }, 'busy', 'Busy Here (SIP 486, Q.850 17)', 'onBusy', false],
    ['is rejected', { sipStatus: 603, q850Cause: 21 }, 'rejected', 'Decline (SIP 603, Q.850 21)', 'onRejected', false],
    ['rings out', { sipStatus: 480, q850Cause: 19, ringTimeout: true }, 'no_answer', 'No answer within the ring time', 'onNoAnswer', false],
    ['has no such number', { sipStatus: 404, q850Cause: 1 }, 'failed', 'Not Found (SIP 404, Q.850 1)', 'onFailed', true],
    ['fails', { sipStatus: 503, q850Cause: 34 }, 'failed', 'Service Unavailable (SIP 503, Q.850 34)', 'onFailed', false],
  ])('that %s is not answered, and its flow fails', (_, ending, outcome, outcomeReason, output, retryPointless) => {
    const run = report(begin(menuFlow), originated, ringing, over(8, ending))
    expect(told(run)).toContain(`dial ${output}`)
    expect(endOf(run).data).toMatchObject({
      outcome,
      outcomeReason,
      retryPointless,
      flowOutcome: 'failed',
      answeredAt: null,
      durationMs: null,
      sipStatus: ending.sipStatus,
      q850Cause: ending.q850Cause,
    })
  })

  test('that is busy runs the nodes after onBusy, and asks the carrier for nothing', () => {
    const run = report(begin(menuFlow), originated, over(3, { sipStatus: 486, q850Cause: 17 }))
    expect(told(run)).toEqual(['call.started', 'call.dialed', 'dial onBusy', 'bye terminated', 'call.ended'])
    expect(run.commands.map(({ type }) => type)).toEqual(['originate'])
  })

  test('that the callee ends in the middle is completed, and its flow abandoned', () => {
    const run = report(begin(menuFlow), originated, ringing, answered(), over(6.5))
    expect(told(run).slice(-2)).toEqual(['greet hangup', 'call.ended'])
    expect(endOf(run).data).toMatchObject({ outcome: 'completed', flowOutcome: 'abandoned', durationMs: 1500 })
  })

  test('that a machine answers is voicemail if detection ran', () => {
    const run = report(begin(surveyFlow), originated, answered('machine', 7), played('2', 8), over(8, { by: 'us' }))
    expect(told(run)).toEqual([
      'call.started',
      'call.dialed',
      'call.answered',
      'dial onVoicemail',
      'sorry onComplete',
      'bye terminated',
      'call.ended',
    ])
    expect(endOf(run).data).toMatchObject({ outcome: 'voicemail', flowOutcome: 'completed', durationMs: 3000 })
  })

  test('lasts from the pick-up, not from the moment when it is known who answered', () => {
    const run = report(begin(surveyFlow), originated, answered('human', 7), over(9))
    const [answer] = run.events.filter((event) => event.type === 'call.answered')
    expect(answer).toMatchObject({ time: iso(5), data: { ringDurationMs: 5000, answeredBy: 'human' } })
    expect(endOf(run).data.durationMs).toBe(4000)
  })

  test('runs nodes of every type', () => {
    const recorded: CarrierEvent = { type: 'recorded', operationId: '6', atMs: at(15), durationMs: 6000, ok: true, recordingId: 'rec-1' }
    const run = report(begin(surveyFlow), originated, answered('human', 7), played('5', 9), recorded, over(15, { by: 'us' }))
    expect(told(run)).toEqual([
      'call.started',
      'call.dialed',
      'call.answered',
      'dial onAnswer',
      'up onComplete',
      'owes branch_1',
      'mark onComplete',
      'ask onComplete',
      'message onComplete',
      'bye terminated',
      'call.ended',
    ])
    expect(endOf(run).data.finalVariables).toMatchObject({ asked: 'credit 2500', message: 'rec-1', answeredBy: 'human' })
  })

  test('keeps the recording that its end cut short', () => {
    const run = report(begin(surveyFlow), originated, answered('human', 7), played('5', 9), over(11, { recordingId: 'rec-1' }))
    expect(run.events.at(-2)).toMatchObject({
      data: { nodeId: 'message', outputPath: 'hangup', data: { recordingId: 'rec-1', durationMs: 2000 } },
    })
  })
})

describe('a report that is late, double or about another operation', () => {
  const inGreeting = report(begin(menuFlow), originated, ringing, answered())

  test.each<[string, CarrierEvent]>([
    ['originated', originated],
    ['ringing', ringing],
    ['answered', answered('machine')],
    ['the end of another playback', played('4', 7)],
    ['digits that nobody asked for', digits('3.1', '1', 7)],
  ])('changes nothing: %s', (_, event) => {
    const step = advanceCall(inGreeting.call, event)
    expect(step).toEqual({ call: inGreeting.call, events: [], command: null })
  })

  test('changes nothing once the call has ended', () => {
    const run = report(inGreeting, over(6))
    expect(advanceCall(run.call, over(7)).events).toEqual([])
    expect(giveUp(run.call, 'stop').command).toBeNull()
    expect(breakOff(run.call, 'gone', at(8)).events).toEqual([])
  })
})

test('events stay in order when the carrier’s clock steps back', () => {
  const run = report(begin(menuFlow), { type: 'originated', atMs: at(2) }, ringing, over(0.5, { sipStatus: 486 }))
  expect(run.events.map(({ time }) => time)).toEqual([iso(0), iso(2), iso(2), iso(2), iso(2), iso(2)])
})
