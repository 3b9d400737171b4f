import type { InstantNode, InstantTypes, WaitingNode, WaitingTypes } from './node-type.ts'
import { answer } from './nodes/answer.ts'
import { collectAudio } from './nodes/collect-audio.ts'
import { condition } from './nodes/condition.ts'
import { dial } from './nodes/dial.ts'
import { dtmf } from './nodes/dtmf.ts'
import { hangup } from './nodes/hangup.ts'
import { play } from './nodes/play.ts'
import { record } from './nodes/record.ts'
import { say } from './nodes/say.ts'
import { setVariable } from './nodes/set-variable.ts'
import { sms } from './nodes/sms.ts'
import { transfer } from './nodes/transfer.ts'
import { updateContact } from './nodes/update-contact.ts'

/** Every type of node that a flow may hold, by the name that flows use. A new type is listed here, and nowhere else. */
export const nodeTypes = {
  dial,
  answer,
  play,
  say,
  dtmf,
  condition,
  set_variable: setVariable,
  record,
  hangup,
  sms,
  update_contact: updateContact,
  collect_audio: collectAudio,
  transfer,
} as const

type NodeTypes = typeof nodeTypes
export type NodeType = keyof NodeTypes
export type ConfigSchemaOf<T extends NodeType> = NodeTypes[T]['config']

/** The types that belong to a node type's run; never for a type that cannot be run yet. */
export type RunTypesOf<T extends NodeType> = T extends NodeType ? RunTypesIn<NodeTypes[T]> : never
type RunTypesIn<N> =
  N extends WaitingNode<infer _C, infer R extends WaitingTypes>
    ? R
    : N extends InstantNode<infer _C, infer R extends InstantTypes>
      ? R
      : never

/** A flow with a type that is not runnable is refused as a whole (`node_type_not_available`). No flow runs in part. */
export type RunnableNodeType = { [T in NodeType]: NodeTypes[T] extends { run: object } ? T : never }[NodeType]

/** The run types of all node types that wait. */
export type AnyWaiting = Extract<RunTypesOf<NodeType>, WaitingTypes>

export function isNodeType(type: string): type is NodeType {
  return Object.hasOwn(nodeTypes, type)
}
