import { type Upstream, upstreams } from '@carillon/contracts/services'
import type { Logger } from '@carillon/service-kit/process/logger'
import type { UpstreamUrls } from './config.ts'
import { type DocumentedServices, type OpenApiPart, publicDocument } from './domain/openapi.ts'
import { upstreamOf } from './domain/public-routes.ts'

/** Real time. */
const keptMs = 30_000
const timeoutMs = 2_000

/**
 * Makes the OpenAPI document of all services from the gateway's own part and the services' documents. Those are fetched at most every thirty
 * seconds.
 */
export function documentOfAll(urls: UpstreamUrls, logger: Logger): (own: object) => Promise<object> {
  let kept: { services: Promise<DocumentedServices>; untilMs: number } | undefined
  return async (own) => {
    if (!kept || kept.untilMs < performance.now()) kept = { services: fetchAll(urls, logger), untilMs: performance.now() + keptMs }
    const { parts, missing } = await kept.services
    return publicDocument({
      parts: [{ service: 'gateway', part: own as OpenApiPart, answers: (path) => upstreamOf(path) === null }, ...parts],
      missing,
    })
  }
}

async function fetchAll(urls: UpstreamUrls, logger: Logger): Promise<DocumentedServices> {
  const documents = await Promise.all(upstreams.map(async (name) => ({ name, part: await fetchDocument(name, urls[name], logger) })))
  return {
    parts: documents.flatMap(({ name, part }) =>
      part ? [{ service: name, part, answers: (path: string) => upstreamOf(path) === name }] : [],
    ),
    missing: documents.flatMap(({ name, part }) => (part ? [] : [name])),
  }
}

async function fetchDocument(name: Upstream, url: string, logger: Logger): Promise<OpenApiPart | null> {
  try {
    const response = await fetch(new URL('/openapi.json', url), { signal: AbortSignal.timeout(timeoutMs) })
    if (!response.ok) throw new Error(`status ${response.status}`)
    return (await response.json()) as OpenApiPart
  } catch (error) {
    logger.warn({ err: error, upstream: name }, 'the OpenAPI document of a service could not be fetched')
    return null
  }
}
