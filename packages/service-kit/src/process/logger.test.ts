import { expect, test } from 'vitest'
import { createLogger } from './logger.ts'

test('lines below the level are not written', () => {
  const logger = createLogger('billing', 'warn')
  expect([logger.isLevelEnabled('info'), logger.isLevelEnabled('warn')]).toEqual([false, true])
})

test('lines name their service', () => {
  expect(createLogger('billing', 'silent').bindings()).toEqual({ service: 'billing' })
})
