import type { CreatedApiKey } from '@carillon/contracts/api-key'
import type { ErrorBody } from '@carillon/contracts/error-body'
import type { Role } from '@carillon/contracts/identity'
import type { Organization } from '@carillon/contracts/organization'
import { services, type Upstream, type UpstreamUrlVariable, upstreams as upstreamNames } from '@carillon/contracts/services'
import { openTestService, type TestService, type TestServiceOptions } from '@carillon/testing/test-service'
import { buildApp } from '../../src/app.ts'
import type { GatewayConfig } from '../../src/config.ts'
import { startUpstream, type UpstreamServer } from './upstream.ts'

export const platformKey = 'carillon_a-platform-key-of-the-tests'

type Upstreams = Record<Upstream, UpstreamServer>

export interface TestGateway {
  url: string
  service: TestService
  upstreams: Upstreams
  /** Sends a request with this key and a JSON body, and reads the answer as JSON. */
  call<T>(key: string | null, method: string, path: string, options?: CallOptions): Promise<Answer<T>>
  /** Creates an organization with a key of this role. */
  tenant(role: Role, fields?: Partial<Organization>): Promise<{ organization: Organization; key: string }>
  close(): Promise<void>
}

export interface CallOptions {
  body?: unknown
  headers?: Record<string, string>
}

export interface Answer<T> {
  status: number
  headers: Headers
  body: T
}

interface GatewayOptions {
  config?: Partial<GatewayConfig>
  service?: TestServiceOptions
  /** The paths in each service's OpenAPI document. */
  documents?: Partial<Record<Upstream, Record<string, object>>>
}

/** A gateway that listens, with a stand-in for each service behind it. */
export async function openGateway({
  config = {},
  service: serviceOptions = {},
  documents = {},
}: GatewayOptions = {}): Promise<TestGateway> {
  const service = await openTestService('gateway', serviceOptions)
  const started = upstreamNames.map(async (name) => [name, await startUpstream(name, documents[name])] as const)
  const upstreams = Object.fromEntries(await Promise.all(started)) as Upstreams
  const urls = upstreamNames.map((name) => [services[name].urlVariable, upstreams[name].url])
  const app = await buildApp(service.deps, {
    ...(Object.fromEntries(urls) as Record<UpstreamUrlVariable, string>),
    PLATFORM_API_KEY: platformKey,
    RATE_LIMIT_PER_MINUTE: 6_000,
    FAILED_AUTHENTICATIONS_PER_MINUTE: 1_000,
    UPSTREAM_TIMEOUT_MS: 20_000,
    UPSTREAM_RESTART_MS: 0,
    ...config,
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })

  async function call<T>(key: string | null, method: string, path: string, { body, headers = {} }: CallOptions = {}): Promise<Answer<T>> {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: (text === '' ? null : JSON.parse(text)) as T }
  }

  return {
    url,
    service,
    upstreams,
    call,
    async tenant(role, fields = {}) {
      const organization = await call<Organization>(platformKey, 'POST', '/organizations', {
        body: { name: 'Acme', country: 'MA', timezone: 'Africa/Casablanca', ...fields },
      })
      const created = await call<CreatedApiKey>(platformKey, 'POST', '/api-keys', {
        body: { name: `${role} key`, role },
        headers: { 'x-organization-id': organization.body.id },
      })
      if (created.body.key === null) throw new Error('the answer holds no key')
      return { organization: organization.body, key: created.body.key }
    },
    async close() {
      await app.close()
      await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()))
      await service.close()
    },
  }
}

/** The parts of a refusal that tests compare with `refused(…)`. */
export function refusal(answer: Answer<unknown>) {
  const { statusCode, error, requestId } = answer.body as ErrorBody
  return { status: answer.status, statusCode, error, hasRequestId: requestId === answer.headers.get('x-request-id') }
}

export const refused = (status: number, error: string) => ({ status, statusCode: status, error, hasRequestId: true })
