import { describe, expect, test } from 'vitest'
import { add, answered, at, begin, endOf, originated, over, report, ringing, told } from '../../test/support/call-run.ts'
import { menuFlow } from '../../test/support/flows.ts'
import { breakOff, giveUp } from './call.ts'

describe('a call that we give up', () => {
  test('while it rings has failed, with our reason', () => {
    const dialing = report(begin(menuFlow), originated, ringing)
    const run = add(dialing, giveUp(dialing.call, 'stop'))
    expect(run.commands.at(-1)).toEqual({ type: 'hangup', reason: 'stop' })
    const end = report(run, over(4, { by: 'us', sipStatus: 487 }))
    expect(told(end).slice(-2)).toEqual(['dial hangup', 'call.ended'])
    expect(endOf(end).data).toMatchObject({
      outcome: 'failed',
      outcomeReason: 'stop',
      flowOutcome: 'failed',
      durationMs: null,
      sipStatus: 487,
    })
  })

  test('after the answer is completed, and its flow has failed', () => {
    const talking = report(begin(menuFlow), originated, answered())
    const end = report(add(talking, giveUp(talking.call, 'stop')), over(8, { by: 'us' }))
    expect(endOf(end).data).toMatchObject({ outcome: 'completed', outcomeReason: 'stop', flowOutcome: 'failed', durationMs: 3000 })
  })
})

describe('a call for which the carrier refuses a command', () => {
  test('was never dialed if the command was the originate', () => {
    const run = begin(menuFlow)
    const end = add(run, breakOff(run.call, 'The carrier refused to originate: no trunk', at(1)))
    expect(told(end)).toEqual(['call.started', 'dial onFailed', 'call.ended'])
    expect(endOf(end).data).toMatchObject({
      outcome: 'failed',
      outcomeReason: 'The carrier refused to originate: no trunk',
      dialedAt: null,
      durationMs: null,
      retryPointless: false,
    })
  })

  test('is billed up to that moment if it had been answered', () => {
    const talking = report(begin(menuFlow), originated, answered())
    const end = add(talking, breakOff(talking.call, 'no such sound', at(6)))
    expect(told(end).slice(-2)).toEqual(['greet hangup', 'call.ended'])
    expect(endOf(end).data).toMatchObject({
      outcome: 'completed',
      outcomeReason: 'The carrier ended the call: no such sound',
      flowOutcome: 'failed',
      durationMs: 1000,
    })
  })
})
