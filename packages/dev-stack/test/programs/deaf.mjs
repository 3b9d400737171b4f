// Runs until it is killed: a request to stop is ignored.
process.on('SIGTERM', () => process.stdout.write('asked to stop\n'))
setInterval(() => {}, 1_000)
process.stdout.write('running\n')
