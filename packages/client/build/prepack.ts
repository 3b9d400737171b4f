/** Runs before the package is packed. npm would leave the exports of the sources in the package, so only pnpm may pack it. */
if (!process.env.npm_config_user_agent?.startsWith('pnpm/')) {
  throw new Error('Pack and publish with pnpm: it puts publishConfig.exports in the place of exports, npm does not')
}
await import('./build.ts')
