import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type ServiceName, serviceNames, services, upstreams } from '@carillon/contracts/services'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../src/repository.ts'
import { type EnvironmentOptions, serviceEnvironment } from '../src/service-environment.ts'

const values = Object.values(services)
const isUnique = (list: readonly unknown[]) => new Set(list).size === list.length

test('the table has an entry for each folder of services, and no other', () => {
  const folders = readdirSync(join(repositoryRoot, 'services'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect([...serviceNames].sort()).toEqual(folders.map(({ name }) => name).sort())
})

test('no two services share a schema, an address variable or a public path', () => {
  expect(isUnique(values.map(({ schema }) => schema))).toBe(true)
  expect(isUnique(values.map(({ urlVariable }) => urlVariable))).toBe(true)
  expect(isUnique(values.flatMap(({ publicRoutes }) => publicRoutes))).toBe(true)
})

test('the ports that a service may take in place of a used one are no other service’s', () => {
  const ports = values.map(({ port }) => port).sort((a, b) => a - b)
  for (const [index, port] of ports.slice(1).entries()) expect(port - (ports[index] ?? 0)).toBeGreaterThanOrEqual(20)
})

test('a service gets the addresses of those that it calls, and its own variables alone', () => {
  const ports = Object.fromEntries(serviceNames.map((name) => [name, services[name].port])) as Record<ServiceName, number>
  const options: EnvironmentOptions = {
    databaseUrls: Object.fromEntries(serviceNames.map((name) => [name, `postgres://${name}`])) as EnvironmentOptions['databaseUrls'],
    natsUrl: 'nats://nats',
    redisUrl: 'redis://redis',
    secrets: { internalAuthSecret: 'secret', platformApiKey: 'key' },
    clock: { realAnchorMs: 0, virtualAnchorMs: 0, speed: 1 },
    carrier: { profilePath: 'profile.json', seed: 1, logPath: '' },
    maxChannels: 10,
    logLevel: 'info',
  }
  const shared = Object.keys(serviceEnvironment('billing', ports, options))
  const ownVariables = (name: ServiceName) =>
    Object.fromEntries(Object.entries(serviceEnvironment(name, ports, options)).filter(([variable]) => !shared.includes(variable)))
  expect(ownVariables('orchestrator')).toEqual({ PROGRAM_API_URL: `http://127.0.0.1:${services['program-api'].port}` })
  expect(Object.keys(ownVariables('gateway')).sort()).toEqual(
    ['PLATFORM_API_KEY', 'REDIS_URL', ...upstreams.map((name) => services[name].urlVariable)].sort(),
  )
  expect(ownVariables('dialer-bridge')).toMatchObject({
    CARRIER: 'simulated',
    SIMULATED_CARRIER_PROFILE: 'profile.json',
    MAX_CHANNELS: '10',
  })
})
