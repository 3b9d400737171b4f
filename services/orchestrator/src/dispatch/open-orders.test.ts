import { expect, test } from 'vitest'
import { type OpenOrders, openOrders } from './open-orders.ts'

/** The orders of a lane that has already looked for earlier ones: only its own count. */
function ownOrders(): OpenOrders {
  const orders = openOrders(0, 30_000)
  orders.sentAgain([], true, 60_000)
  return orders
}

test('orders that were made before the lane came here are looked for once all of them must be overdue', () => {
  const orders = openOrders(100_000, 30_000)
  expect(orders.overdueAtMs()).toBe(160_000)
  orders.sentAgain([], true, 160_000)
  expect(orders.overdueAtMs()).toBe(Infinity)
})

test('an order is overdue a validity after its end, unless it is answered', () => {
  const orders = ownOrders()
  orders.made('a', 130_000)
  orders.made('b', 131_000)
  expect(orders.overdueAtMs()).toBe(160_000)
  expect(orders.overdueBefore(160_000)).toBe(130_000)
  orders.answered('a')
  expect(orders.overdueAtMs()).toBe(161_000)
  orders.answered('b')
  expect(orders.overdueAtMs()).toBe(Infinity)
})

test('an order that was sent again has as much time as a new one', () => {
  const orders = ownOrders()
  orders.made('a', 130_000)
  orders.sentAgain(['a'], true, 160_000)
  expect(orders.overdueAtMs()).toBe(220_000)
})

test('an order that is overdue in memory and not open in the table is forgotten', () => {
  const orders = ownOrders()
  orders.made('a', 130_000)
  orders.sentAgain([], true, 160_000)
  expect(orders.overdueAtMs()).toBe(Infinity)
})

test('while some overdue orders were not sent again, the next look is not put off', () => {
  const orders = openOrders(0, 30_000)
  orders.sentAgain(['a'], false, 60_000)
  expect(orders.overdueAtMs()).toBe(60_000)
})
