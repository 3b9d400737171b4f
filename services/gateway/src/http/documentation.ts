import swaggerUi from '@fastify/swagger-ui'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'

/** Serves the documentation page with all its files, and redirects `/` to it. */
export const documentationRoutes: FastifyPluginAsync = async (app) => {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, role: 'open' }
  })
  app.get('/', { schema: { hide: true } }, async (_request, reply) => reply.redirect('/docs'))
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiHooks: { preHandler: redirectToPublicDocument },
    uiConfig: {
      layout: 'BaseLayout',
      deepLinking: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
      displayRequestDuration: true,
      persistAuthorization: true,
      tryItOutEnabled: true,
    },
    theme: { title: 'Carillon API' },
    staticCSP: "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'",
  })
}

/** The page reads `/docs/json`, for which the plugin has only the gateway's own routes. `/openapi.json` has those of all services. */
async function redirectToPublicDocument(request: FastifyRequest, reply: FastifyReply) {
  const route = request.routeOptions.url
  return route === '/docs/json' || route === '/docs/yaml' ? reply.redirect('/openapi.json') : undefined
}
