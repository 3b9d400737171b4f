import { Type } from '@sinclair/typebox'
import { closed } from '../config-schema.ts'
import { type InstantNode, terminatedPath } from '../node-type.ts'

const HangupConfig = closed({
  reason: Type.Optional(Type.String({ maxLength: 200, description: 'Why the flow ends here, for the reports' })),
})

interface HangupTypes {
  readonly action: string | null
  readonly data: { readonly reason: string | null }
}

/** Ends the flow. The end of every flow hangs up the call, so the node itself gives no order. */
export const hangup: InstantNode<typeof HangupConfig, HangupTypes> = {
  description: 'Ends the call. It has no outputs.',
  config: HangupConfig,
  needsAnsweredCall: false,
  takesTime: true,
  outputs: () => [],
  run: {
    compile: ({ reason = null }) => reason,
    start: (reason) => ({ output: terminatedPath, data: { reason }, ...(reason === null ? {} : { detail: reason }) }),
  },
}
