import { expect, test } from '@jest/globals';
import { startupFiles } from './startup-files.ts';

const whole = {
  startupScript: { path: 'appservice/startup.sh', content: '#!/bin/bash\nexec php-fpm\n' },
  frontController: { path: 'public/index.php', content: '<?php echo 1;' },
};

test('a startup script and a front controller that parse pass', async () => {
  expect(await startupFiles.check(whole)).toBeUndefined();
});

test.each([
  { what: 'no startup script', script: undefined, found: 'the package has no appservice/startup.sh' },
  { what: 'a startup script of Windows', script: '#!/bin/bash\r\nexec php-fpm\r\n', found: /^line 1 of .* CR LF/ },
  { what: 'one line of Windows', script: '#!/bin/bash\nexec php-fpm\r\n', found: /^line 2 of / },
  { what: 'a startup script that bash cannot parse', script: 'if true\n', found: /startup\.sh does not parse/ },
])('a package with $what is refused', async ({ script, found }) => {
  const startupScript = { path: whole.startupScript.path, content: script };
  await expect(startupFiles.check({ ...whole, startupScript })).rejects.toMatchObject({
    code: 'SLIP-RELEASE-STARTUP',
    detail: { found: typeof found === 'string' ? found : expect.stringMatching(found) },
  });
});

test.each([
  { what: 'no front controller', php: undefined, found: 'the package has no public/index.php' },
  { what: 'one that PHP cannot parse', php: '<?php function (', found: 'public/index.php does not parse' },
])('a package with $what is refused', async ({ php, found }) => {
  const frontController = { path: whole.frontController.path, content: php };
  await expect(startupFiles.check({ ...whole, frontController })).rejects.toMatchObject({
    code: 'SLIP-RELEASE-STARTUP',
    detail: { found: expect.stringContaining(found) },
  });
});
