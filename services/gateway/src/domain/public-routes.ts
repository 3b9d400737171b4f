/** A service that answers part of the public API. */
export type Upstream = 'program-api' | 'orchestrator' | 'reporting' | 'billing'

/**
 * The public API: which service answers a path and all below it. The longest entry that fits decides. What stands nowhere here, such as the
 * `/internal`, `/health` and `/metrics` of a service, cannot be reached from outside.
 */
const publicRoutes: readonly (readonly [path: string, upstream: Upstream])[] = [
  ['/contacts', 'program-api'],
  ['/custom-attributes', 'program-api'],
  ['/audiences', 'program-api'],
  ['/flows', 'program-api'],
  ['/dids', 'program-api'],
  ['/programs', 'program-api'],
  ['/programs/:id/launch', 'orchestrator'],
  ['/programs/:id/executions', 'orchestrator'],
  ['/programs/:id/triggers', 'orchestrator'],
  ['/program-executions', 'orchestrator'],
  ['/program-execution', 'reporting'],
  ['/billing', 'billing'],
]

/** Every path that is passed on, in the router's notation. */
export const routePatterns: readonly string[] = publicRoutes.flatMap(([path]) => [path, `${path}/*`])

const entries = publicRoutes
  .map(([path, upstream]) => ({ segments: segmentsOf(path), upstream }))
  .sort((a, b) => b.segments.length - a.segments.length)

/** The service that answers a path; null for one that none does. Takes the notation of OpenAPI (`/programs/{id}`) as well. */
export function upstreamOf(path: string): Upstream | null {
  const segments = segmentsOf(path)
  const fits = (entry: (typeof entries)[number]) =>
    entry.segments.every((segment, index) => segment === segments[index] || (segment.startsWith(':') && index < segments.length))
  return entries.find(fits)?.upstream ?? null
}

/**
 * Whether a request's target is a plain path: what we route is then what every service behind us reads in it. A path that another
 * parser may read differently (`//`, `..`, an encoded slash, a matrix parameter, a second encoding) is none of ours.
 */
export function isPlainPath(target: string): boolean {
  const path = target.split('?', 1)[0] ?? ''
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return false
  }
  const segments = decoded.split('/').slice(1)
  return (
    decoded.startsWith('/') &&
    segments.length === path.split('/').length - 1 &&
    !/[\\;%\p{Cc}]/u.test(decoded) &&
    segments.every((segment, index) => segment !== '.' && segment !== '..' && (segment !== '' || index === segments.length - 1))
  )
}

function segmentsOf(path: string): string[] {
  return path.split('/').slice(1)
}
