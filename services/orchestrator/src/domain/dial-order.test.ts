import '@carillon/service-kit/process/formats'
import { DialOrder } from '@carillon/contracts/dial-order'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { Value } from '@sinclair/typebox/value'
import { expect, test } from 'vitest'
import { somePlan } from '../../test/support/execution.ts'
import { dialOrder } from './dial-order.ts'

const at = Date.parse('2026-03-02T10:00:00.123Z')
const contact = { contactId: 'c', phone: '+212600000001', firstName: null, lastName: 'Benali', attributes: {} }
const call = { callId: uuidv7(at), attempt: 2, didNumber: '+212522000000', notBeforeMs: at, notAfterMs: at + 30_000 }

test('an order fits its schema and is always the same for the same call', () => {
  const order = dialOrder(somePlan(), contact, call)
  expect(Value.Check(DialOrder, order)).toBe(true)
  expect(dialOrder(somePlan(), contact, call)).toEqual(order)
})

test('the time of an order is the one in its call id', () => {
  expect(dialOrder(somePlan(), contact, call).time).toBe('2026-03-02T10:00:00.123Z')
})

test('a missing first name leaves no blank in the full name', () => {
  expect(dialOrder(somePlan(), contact, call).data.variables).toMatchObject({ 'contact.fullName': 'Benali', 'contact.firstName': null })
})
