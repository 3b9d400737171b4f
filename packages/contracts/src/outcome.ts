import { type Static, Type } from '@sinclair/typebox'

/** Outcome of a call that has ended (contract rule 3). */
export const Outcome = Type.Union(
  [
    Type.Literal('completed'),
    Type.Literal('voicemail'),
    Type.Literal('no_answer'),
    Type.Literal('busy'),
    Type.Literal('rejected'),
    Type.Literal('failed'),
  ],
  { 'x-schema': 'Outcome', description: 'How a call went. `completed`: a human answered. `voicemail`: an answering machine did.' },
)
export type Outcome = Static<typeof Outcome>

/** How the flow went, apart from how the call went (contract rule 3). */
export const FlowOutcome = Type.Union([Type.Literal('completed'), Type.Literal('failed'), Type.Literal('abandoned')])
export type FlowOutcome = Static<typeof FlowOutcome>
