import type { AnyWaiting } from './node-types.ts'
import type { Instruction, NodeRun, Order } from './step.ts'

/** What a node may ask for on the line of an answered call. */
type LineOrder = Exclude<Order, { type: 'dial' | 'hangup' }>
export type OperationType = LineOrder['type']
export type OrderOf<T extends OperationType> = Extract<LineOrder, { type: T }>

/** An order for the carrier. Its report carries the same `operationId`, which tells a report that is late or double. */
export type OperationOf<T extends OperationType> = OrderOf<T> & { readonly operationId: string }
export type Operation = { [T in OperationType]: OperationOf<T> }[OperationType]

/** What the carrier reports at the end of an operation: an input of the flow. */
export type OperationResultOf<T extends OperationType> = Extract<AnyWaiting, { order: { type: T } }>['input']
export type OperationResult = OperationResultOf<OperationType>

/** The operation of an instruction. The attempts of one run of a node are operations of their own. */
export function operationOf({ nodeId: _, nodeExecutionIndex, ...order }: LineOrder & NodeRun): Operation {
  const operationId = 'attempt' in order ? `${nodeExecutionIndex}.${order.attempt}` : String(nodeExecutionIndex)
  return { ...order, operationId }
}

/** Whether an instruction is for the line, and neither places the call nor ends it. */
export function isForTheLine(instruction: Instruction): instruction is LineOrder & NodeRun {
  return instruction.type !== 'dial' && instruction.type !== 'hangup'
}
