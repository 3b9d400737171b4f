/** Which part may import which. The rules see imports of types too. */

/** What reaches out of the process: a server, the network, a file. */
const IO =
  '^(node:)?(fs|fs/promises|net|tls|http|https|http2|dgram|dns|dns/promises|child_process|worker_threads|cluster|readline|os)$' +
  '|node_modules/(postgres|drizzle-orm|nats|ioredis|fastify|@fastify|undici|pino|prom-client|close-with-grace|testcontainers)/'

const TESTS = '\\.test\\.ts$'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'A cycle has no bottom to read from.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'unresolvable',
      comment: 'An import that leads nowhere fails when the process starts.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'services-apart',
      comment: 'A service talks to another by events, orders and questions, never by its code.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'packages-below-services',
      comment: 'What services share knows none of them; the whole system is tested from outside.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^services/' },
    },
    {
      name: 'pure-domain',
      comment: 'The domain gets time, ids and randomness as arguments, and returns what shall happen.',
      severity: 'error',
      from: { path: '^services/[^/]+/src/domain/', pathNot: TESTS },
      to: { path: IO },
    },
    {
      name: 'domain-knows-no-edge',
      comment: 'Routes, projections and SQL know the domain, not the other way round.',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/domain/', pathNot: TESTS },
      to: {
        path: '^services/$1/src/(http|store|projections|app\\.ts|main\\.ts|config\\.ts)|^packages/service-kit/',
        pathNot: '^packages/service-kit/src/domain/',
      },
    },
    {
      name: 'pure-packages',
      comment: 'These are computed with, everywhere; they touch nothing.',
      severity: 'error',
      from: { path: '^packages/(contracts|call-flow|calling-time|telephony|money)/src/', pathNot: TESTS },
      to: { path: IO },
    },
    {
      name: 'production-without-test-tools',
      comment: 'A service must start where only its own dependencies are installed.',
      severity: 'error',
      from: {
        path: '^(services/[^/]+|packages/(contracts|call-flow|calling-time|telephony|money|service-kit|client))/src/',
        pathNot: TESTS,
      },
      to: { path: '^packages/(testing|dev-stack|end-to-end)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/node_modules/.*/node_modules/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    combinedDependencies: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'], extensions: ['.ts', '.mjs', '.js', '.json'] },
    moduleSystems: ['es6', 'cjs'],
  },
}
