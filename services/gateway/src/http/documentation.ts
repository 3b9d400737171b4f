import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import scalar, { type ApiReferenceConfiguration } from '@scalar/fastify-api-reference'
import type { FastifyPluginAsync } from 'fastify'
import { withGuides } from '../domain/guided-document.ts'
import { readGuides } from '../guides.ts'

const documentPath = '/docs/openapi.json'

/** The reference shows code for curl, `fetch` (which is TypeScript too) and Python. */
const hiddenClients: NonNullable<ApiReferenceConfiguration['hiddenClients']> = {
  ...{ c: true, clojure: true, csharp: true, dart: true, fsharp: true, go: true, http: true, java: true, julia: true, kotlin: true },
  ...{ node: true, objc: true, ocaml: true, php: true, powershell: true, r: true, ruby: true, rust: true, swift: true },
  js: ['axios', 'jquery', 'ofetch', 'xhr'],
  python: ['python3', 'aiohttp', 'httpx_sync', 'httpx_async'],
  shell: ['httpie', 'wget'],
}

/** Serves the documentation page with all its files: guides and reference in one. Redirects `/` to it. */
export const documentationRoutes: FastifyPluginAsync = async (app) => {
  const guides = readGuides()
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, role: 'open' }
  })
  const compressed = compressOnce()
  app.addHook('onSend', async (request, reply, payload) => {
    const type = String(reply.getHeader('content-type'))
    if (typeof payload !== 'string') return payload
    if (type.startsWith('text/html')) reply.header('content-security-policy', policyFor(payload))
    if (!type.startsWith('application/javascript')) return payload
    reply.headers({ 'cache-control': 'public, max-age=3600', vary: 'accept-encoding' })
    if (!/\bgzip\b/.test(String(request.headers['accept-encoding']))) return payload
    reply.header('content-encoding', 'gzip').removeHeader('content-length')
    return compressed(payload)
  })

  const hidden = { schema: { hide: true } }
  app.get('/', hidden, async (_request, reply) => reply.redirect('/docs/'))
  app.get(documentPath, hidden, async () => withGuides(await app.openApiDocument(), guides))
  await app.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: documentPath,
      pageTitle: 'Carillon API',
      theme: 'default',
      layout: 'modern',
      persistAuth: true,
      authentication: { preferredSecurityScheme: 'bearer' },
      defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
      hiddenClients,
      documentDownloadType: 'json',
      operationTitleSource: 'summary',
      // Everything comes from this server: no fonts, no telemetry, no assistant of somebody else.
      withDefaultFonts: false,
      telemetry: false,
      showDeveloperTools: 'never',
      hideClientButton: true,
      customCss: ':root { --refs-content-max-width: 1640px }',
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  })
}

/** Compresses the page's script, which never changes. It has four megabytes, so each compression would hold a core for a second. */
function compressOnce(): (script: string) => Promise<Buffer> {
  let kept: Promise<Buffer> | undefined
  return (script) => {
    kept ??= promisify(gzip)(script)
    return kept
  }
}

/** Allows the page's own inline scripts by their hash, and nothing from another host. */
function policyFor(html: string): string {
  const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, script]) => script ?? '')
  const hashes = inline.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  return [
    "default-src 'self'",
    `script-src 'self' ${hashes.join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
