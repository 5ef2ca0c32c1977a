/**
 * node infra/setup/run.mjs <command> [args]: makes the machine ready, then runs the command.
 * This file alone has to be readable by any Node that knows modules: it looks at the version and imports the rest.
 */
const OLDEST = 20;
const major = Number(process.versions.node.split('.')[0]);

if (major < OLDEST) {
  console.error(
    `SLIP-SETUP-NODE  this is Node ${process.versions.node}\n` +
      `  expected: Node ${OLDEST} or newer, with npm\n` +
      '  to do:    install a newer Node (https://nodejs.org/en/download), then repeat the command',
  );
  process.exit(1);
}

const { main } = await import('./main.mjs');
await main(process.argv.slice(2));
