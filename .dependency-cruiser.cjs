/** Which part may import which. Every rule also reads imports of types. */

/** What reaches out of the process: a server, the network, a file. */
const IO =
  '^(node:)?(fs|fs/promises|net|tls|http|https|http2|dgram|dns|dns/promises|child_process|worker_threads|cluster|readline|os)$' +
  '|node_modules/(postgres|drizzle-orm|nats|ioredis|fastify|@fastify|undici|pino|prom-client|close-with-grace|testcontainers)/'

const TESTS = '\\.test\\.ts$'

/** The folders of a service's `src`, and which other folders each may import. A new folder gets a line here. */
const FOLDERS_OF_A_SERVICE = {
  domain: [],
  store: ['domain'],
  csv: [],
  carriers: ['domain', 'speech'],
  speech: [],
  authentication: ['domain', 'store'],
  triggers: ['domain', 'store'],
  import: ['csv', 'domain', 'store', 'triggers'],
  dispatch: ['domain', 'store'],
  launch: ['domain', 'store'],
  calls: ['carriers', 'domain', 'intake', 'store'],
  intake: ['calls', 'carriers', 'domain', 'store'],
  projections: ['dispatch', 'domain', 'read-models', 'store'],
  'read-models': ['domain', 'store'],
  export: ['domain', 'read-models'],
  http: ['authentication', 'domain', 'export', 'import', 'launch', 'read-models', 'store', 'triggers'],
}

/** The same for service-kit. */
const FOLDERS_OF_THE_KIT = {
  domain: [],
  process: [],
  postgres: ['domain', 'process'],
  messaging: ['domain', 'postgres', 'process'],
  http: ['domain', 'postgres', 'process'],
}

/** Rules from such a table: a folder imports only what its line names, and a folder without a line is an error. */
function borders(place, folders) {
  const src = `^${place}/src/`
  const known = `^${place}/src/(${Object.keys(folders).join('|')})/`
  const title = place.startsWith('services') ? 'service' : 'kit'
  const unknown = { path: `${src}[^/]+/`, pathNot: known }
  const comment = 'Name the folder in .dependency-cruiser.cjs, with what it may import.'
  return [
    { name: `${title}-folder-without-rule`, comment, severity: 'error', from: unknown, to: {} },
    { name: `${title}-folder-without-rule`, comment, severity: 'error', from: {}, to: unknown },
    ...Object.entries(folders).map(([folder, others]) => ({
      name: `${title}-${folder}`,
      comment: `The folder ${folder} of a service or of the kit may import: ${others.join(', ') || 'no other folder'}.`,
      severity: 'error',
      // service.ts puts the whole kit together.
      from: { path: `${src}${folder}/`, pathNot: `${TESTS}|^packages/service-kit/src/process/service\\.ts$` },
      to: { path: `${src}[^/]+/`, pathNot: `${src}(${[folder, ...others].join('|')})/` },
    })),
  ]
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Files in a cycle can only be understood together.',
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
      comment: 'What services share knows none of them; the whole system is tested from outside. Only the document of the whole API is made from their routes, and what is deployed is checked with their configuration.',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/(api-document|deployment)/' },
      to: { path: '^services/' },
    },
    {
      name: 'pure-domain',
      comment: 'The domain gets time, ids and randomness as arguments, and returns what shall happen.',
      severity: 'error',
      from: { path: '^(services/[^/]+|packages/service-kit)/src/domain/', pathNot: TESTS },
      to: { path: IO },
    },
    {
      name: 'domain-knows-no-edge',
      comment: 'The domain knows neither the files that put the service together nor the kit, except for its domain.',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/domain/', pathNot: TESTS },
      to: { path: '^services/$1/src/[^/]+$|^packages/service-kit/', pathNot: '^packages/service-kit/src/domain/' },
    },
    ...borders('services/[^/]+', FOLDERS_OF_A_SERVICE),
    ...borders('packages/service-kit', FOLDERS_OF_THE_KIT),
    {
      name: 'process-is-outermost',
      comment: 'A service is built without a process around it; main.ts starts one.',
      severity: 'error',
      from: { path: '^services/[^/]+/src/', pathNot: '^services/[^/]+/src/main\\.ts$' },
      to: { path: '^services/[^/]+/src/main\\.ts$' },
    },
    {
      name: 'pure-packages',
      comment: 'These are computed with, everywhere; they touch nothing.',
      severity: 'error',
      from: { path: '^packages/(contracts|call-flow|field-problems|calling-time|telephony|money)/src/', pathNot: TESTS },
      to: { path: IO },
    },
    {
      name: 'production-without-test-tools',
      comment: 'A service must start where only its own dependencies are installed.',
      severity: 'error',
      from: {
        path: '^(services/[^/]+|packages/(contracts|call-flow|field-problems|calling-time|telephony|money|service-kit|client))/src/',
        pathNot: TESTS,
      },
      to: { path: '^packages/(testing|dev-stack|end-to-end)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/node_modules/.*/node_modules/|^packages/[^/]+/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    combinedDependencies: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'], extensions: ['.ts', '.mjs', '.js', '.json'] },
    moduleSystems: ['es6', 'cjs'],
  },
}
