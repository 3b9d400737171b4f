import { MetricsCatalog } from '@carillon/contracts/metrics-catalog'
import { tags } from '@carillon/contracts/tags'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { definitionOf, metricsCatalog } from '../domain/metrics-catalog.ts'

const ListMetrics = {
  operationId: 'listMetrics',
  summary: 'Get what the figures of the reports mean',
  description:
    'Every figure that a report shows: its formula, its unit, where it comes from, and in which field of which report it stands.',
  tags: [tags.reports],
  response: { 200: MetricsCatalog },
}

/** `/metrics-catalog` */
export const metricsCatalogRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const catalog = { metrics: metricsCatalog.map(definitionOf) }
  app.get('/metrics-catalog', { schema: ListMetrics, config: { role: 'supervisor' } }, async () => catalog)
}
