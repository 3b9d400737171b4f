import { services, type Upstream, upstreams } from '@carillon/contracts/services'

/** Each public path and the service that answers it. */
const publicRoutes = upstreams.flatMap((upstream) => services[upstream].publicRoutes.map((path) => ({ path, upstream })))

/** Every path that is passed on, in the router's notation. */
export const routePatterns: readonly string[] = publicRoutes.flatMap(({ path }) => [path, `${path}/*`])

const longestFirst = publicRoutes
  .map(({ path, upstream }) => ({ segments: segmentsOf(path), upstream }))
  .sort((a, b) => b.segments.length - a.segments.length)

/**
 * The service that a path is passed on to: that of the longest public route that fits. Null for a path that is not in the table, such as
 * `/internal`, `/health` and `/metrics` of a service: it cannot be reached from outside. Takes OpenAPI's notation too (`/programs/{id}`).
 */
export function upstreamOf(path: string): Upstream | null {
  const segments = segmentsOf(path)
  const fits = (route: (typeof longestFirst)[number]) =>
    route.segments.every((segment, index) => segment === segments[index] || (segment.startsWith(':') && index < segments.length))
  return longestFirst.find(fits)?.upstream ?? null
}

/**
 * Whether a request's target is a plain path: one that the gateway and the services behind it read the same. A path that another parser may
 * read differently is refused: `//`, `..`, an encoded slash, a matrix parameter, a second encoding.
 */
export function isPlainPath(target: string): boolean {
  if (target.includes('#')) return false // a target has no fragment (RFC 9112)
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
