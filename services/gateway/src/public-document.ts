import type { Logger } from '@carillon/service-kit/process/logger'
import { type DocumentedServices, type OpenApiPart, publicDocument } from './domain/openapi.ts'
import { type Upstream, upstreamOf } from './domain/public-routes.ts'
import type { UpstreamUrls } from './http/proxy.ts'

/** Real time: how long the services are not asked again. */
const keptMs = 30_000
const timeoutMs = 2_000

/** Makes the OpenAPI document of all services out of the gateway's own part and what each of them says about itself. */
export function documentOfAll(upstreams: UpstreamUrls, logger: Logger): (own: object) => Promise<object> {
  let kept: { services: Promise<DocumentedServices>; until: number } | undefined
  return async (own) => {
    if (!kept || kept.until < performance.now()) kept = { services: askAll(upstreams, logger), until: performance.now() + keptMs }
    const { parts, missing } = await kept.services
    return publicDocument({
      parts: [{ service: 'gateway', part: own as OpenApiPart, answers: (path) => upstreamOf(path) === null }, ...parts],
      missing,
    })
  }
}

async function askAll(upstreams: UpstreamUrls, logger: Logger): Promise<DocumentedServices> {
  const names = Object.keys(upstreams) as Upstream[]
  const answers = await Promise.all(names.map(async (name) => ({ name, part: await ask(name, upstreams[name], logger) })))
  return {
    parts: answers.flatMap(({ name, part }) =>
      part ? [{ service: name, part, answers: (path: string) => upstreamOf(path) === name }] : [],
    ),
    missing: answers.flatMap(({ name, part }) => (part ? [] : [name])),
  }
}

async function ask(name: Upstream, url: string, logger: Logger): Promise<OpenApiPart | null> {
  try {
    const response = await fetch(new URL('/openapi.json', url), { signal: AbortSignal.timeout(timeoutMs) })
    if (!response.ok) throw new Error(`status ${response.status}`)
    return (await response.json()) as OpenApiPart
  } catch (error) {
    logger.warn({ err: error, upstream: name }, 'a service did not say what it answers')
    return null
  }
}
