import swaggerUi from '@fastify/swagger-ui'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'

/** The documentation page, with all that it is made of served from here, and the way there from the root. */
export const documentationRoutes: FastifyPluginAsync = async (app) => {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, role: 'open' }
  })
  app.get('/', { schema: { hide: true } }, async (_request, reply) => reply.redirect('/docs'))
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiHooks: { preHandler: leadToWholeDocument },
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

/** The page always reads `/docs/json`, where the plugin would show the gateway's own routes alone. */
async function leadToWholeDocument(request: FastifyRequest, reply: FastifyReply) {
  const asked = request.routeOptions.url
  return asked === '/docs/json' || asked === '/docs/yaml' ? reply.redirect('/openapi.json') : undefined
}
