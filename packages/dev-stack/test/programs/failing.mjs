process.stderr.write('the port is taken\n')
process.exit(3)
