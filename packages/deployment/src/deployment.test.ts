import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ServiceName, serviceNames, services } from '@carillon/contracts/services'
import { repositoryRoot } from '@carillon/dev-stack/repository'
import { describe, expect, test } from 'vitest'
import { composeContainers, kubernetesContainers, type Manifest, manifests } from './containers.ts'
import { checkEnvironment, unknownVariables } from './environments.ts'

const objects = manifests(repositoryRoot)

describe.each([
  ['docker-compose.yml', composeContainers(repositoryRoot)],
  ['deploy/kubernetes', kubernetesContainers(objects)],
])('%s', (_file, containers) => {
  test('runs every service once, from a file that exists', () => {
    expect(containers.map(({ name }) => name).toSorted()).toEqual(serviceNames.toSorted())
    for (const { name, args } of containers) {
      expect(args).toEqual([`services/${name}/src/main.ts`])
      expect(existsSync(join(repositoryRoot, args[0] ?? ''))).toBe(true)
    }
  })

  test.each(containers.map((container) => [container.name as ServiceName, container] as const))(
    'gives %s what it needs, and nothing that it does not know',
    (name, { environment }) => {
      expect(unknownVariables(name, environment)).toEqual([])
      expect(() => checkEnvironment(name, environment)).not.toThrow()
      expect(environment.SERVICE_PORT).toBe(String(services[name].port))
      for (const called of services[name].calls)
        expect(environment[services[called].urlVariable]).toBe(`http://${called}:${services[called].port}`)
      if (name === 'gateway') expect(environment).toMatchObject({ REDIS_URL: expect.any(String), PLATFORM_API_KEY: expect.any(String) })
    },
  )
})

test('the compose file makes the roles and schemas of all services', () => {
  const text = readFileSync(join(repositoryRoot, 'docker-compose.yml'), 'utf8')
  const schemas = /SCHEMAS: (.*)/.exec(text)?.[1]?.split(',')
  expect(schemas?.toSorted()).toEqual(
    Object.values(services)
      .map(({ schema }) => schema)
      .toSorted(),
  )
  for (const { schema } of Object.values(services)) expect(text).toContain(`postgres://carillon_${schema}:`)
})

const of = (kind: string, name: string): Manifest['spec'] =>
  objects.find((object) => object.kind === kind && object.metadata.name === name)?.spec

test.each(serviceNames)('the objects of %s fit each other', (name) => {
  const labels = { 'app.kubernetes.io/name': name }
  const { template, selector } = of('Deployment', name)
  expect(selector.matchLabels).toEqual(labels)
  expect(template.metadata.labels).toMatchObject({ ...labels, 'app.kubernetes.io/part-of': 'carillon' })
  const [container] = template.spec.containers
  expect(container.ports).toEqual([{ name: 'http', containerPort: services[name].port }])
  const paths = [container.startupProbe, container.readinessProbe, container.livenessProbe].map(({ httpGet }) => httpGet)
  expect(paths).toEqual([
    { path: '/health', port: 'http' },
    { path: '/ready', port: 'http' },
    { path: '/health', port: 'http' },
  ])
  const database = container.env.find((variable: { name: string }) => variable.name === 'DATABASE_URL')
  expect(database.valueFrom.secretKeyRef).toEqual({ name: 'carillon-databases', key: services[name].schema })
  expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false })
  // The process must have ended by itself before it is killed.
  const drainMs = Number(container.env.find((variable: { name: string }) => variable.name === 'DRAIN_MS')?.value ?? 8_000)
  const needsSeconds = container.lifecycle.preStop.sleep.seconds + 10 + (name === 'dialer-bridge' ? drainMs / 1_000 : 0)
  expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(needsSeconds)
  expect(of('Service', name)).toMatchObject({ selector: labels, ports: [{ port: services[name].port, targetPort: 'http' }] })
  expect(of('PodDisruptionBudget', name)).toMatchObject({ selector: { matchLabels: labels } })
})

test('connections are allowed where services call each other, and nowhere else', () => {
  const allowed = objects
    .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name.startsWith('to-') && metadata.name !== 'to-gateway')
    .flatMap(({ spec }) => {
      const to = spec.podSelector.matchLabels['app.kubernetes.io/name']
      return spec.ingress[0].from.map((peer: Manifest['spec']) => `${peer.podSelector.matchLabels['app.kubernetes.io/name']} → ${to}`)
    })
  const called = serviceNames.flatMap((name) => services[name].calls.map((to) => `${name} → ${to}`))
  expect(allowed.toSorted()).toEqual(called.toSorted())
  expect(of('NetworkPolicy', 'nobody')).toMatchObject({ policyTypes: ['Ingress'] })
})

test('the base image of the Dockerfile is the release of Node that the project is tested with', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'))
  expect(readFileSync(join(repositoryRoot, 'deploy/Dockerfile'), 'utf8')).toContain(`node:${devDependencies.node}-`)
})
