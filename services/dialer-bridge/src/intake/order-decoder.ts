import '@carillon/service-kit/process/formats'
import { DialOrder } from '@carillon/contracts/dial-order'
import { TypeCompiler } from '@sinclair/typebox/compiler'

const check = TypeCompiler.Compile(DialOrder)
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A call id is part of event ids, channel ids and lines of text: no blanks, no control characters. */
const callIdPattern = /^[A-Za-z0-9_.-]{1,100}$/

/** An order and its JSON. */
export interface DecodedOrder {
  readonly order: DialOrder
  readonly json: string
  /** `-Infinity` if the order may be dialed at once. */
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

/** Reads an order from the queue. Throws an error that says what is wrong with it. */
export function decodeOrder(data: Uint8Array): DecodedOrder {
  const json = utf8.decode(data)
  const order = readDialOrder(json)
  const { callId, notBefore, notAfter, executionId, jobId } = order.data
  const notBeforeMs = notBefore === undefined ? -Infinity : Date.parse(notBefore)
  const notAfterMs = Date.parse(notAfter)
  if (!callIdPattern.test(callId)) throw new Error('the call id is not usable')
  if (Number.isNaN(notBeforeMs)) throw new Error('notBefore is not an instant')
  if (Number.isNaN(notAfterMs)) throw new Error('notAfter is not an instant')
  if (executionId === null && jobId === null) throw new Error('the order belongs to neither an execution nor a job')
  return { order, json, notBeforeMs, notAfterMs }
}

/** Reads an order from JSON. */
export function readDialOrder(json: string): DialOrder {
  const order: unknown = JSON.parse(json)
  if (check.Check(order)) return order
  const error = check.Errors(order).First()
  throw new Error(`the order does not fit its schema: ${error?.path} ${error?.message}`)
}
