import type { FastifyInstance } from 'fastify'

/**
 * Collects the routes that are added from now on. Returns a function that tells the methods which a path takes: empty for a path that no route has.
 */
export function knownPaths(app: FastifyInstance): (url: string) => string[] {
  const methodsByPattern = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = [method].flat().filter((name) => name !== 'OPTIONS') // a browser asks any path for its options
    if (methods.length === 0) return
    methodsByPattern.set(url, new Set([...(methodsByPattern.get(url) ?? []), ...methods]))
  })
  return (url) => {
    const path = segmentsOf(url.split('?', 1)[0] ?? '')
    const fitting = [...methodsByPattern].filter(([pattern]) => fits(segmentsOf(pattern), path))
    return [...new Set(fitting.flatMap(([, methods]) => [...methods]))].sort()
  }
}

function fits(pattern: readonly string[], path: readonly string[]): boolean {
  const isPrefix = pattern.at(-1) === '*'
  const fixed = isPrefix ? pattern.slice(0, -1) : pattern
  if (isPrefix ? path.length < fixed.length : path.length !== fixed.length) return false
  return fixed.every((segment, index) => segment.startsWith(':') || segment === path[index])
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}
