import type { MountState } from '../../release/appservice/slot-reader.ts';
import type { Stack } from '../stack.ts';
import { count, DOES_NOT_START, ofEachSlot, orFine, problemOf } from './stack-check.ts';

/** `NotValidated` is what App Service says of an account that only the network of the app reaches. */
const WORKING = ['Ok', 'NotValidated', ''];

/** A mount that cannot be made keeps a container from starting. */
export const mounts = ofEachSlot('mounts', 'Website Contributor', async (stack, slot, check) => {
  const found = await stack.slots.mounts(slot);
  const broken = found.filter(({ state }) => !WORKING.includes(state));
  return orFine(
    broken.map((mount) =>
      problemOf(check, `${mount.name} (${mount.account}/${mount.share}) is ${mount.state}`, fixOf(stack, mount), {
        urgency: slot === 'production' ? 1 : 2,
        page: DOES_NOT_START,
      }),
    ),
    check,
    found.length === 0 ? 'there are none' : `${count(found.length, 'mount')} in order`,
  );
});

function fixOf({ name }: Stack, { state, account, share }: MountState): string {
  if (state === 'InvalidCredentials') {
    return `the key of ${account} was changed: ./slipway release --stack ${name} writes the mount with its present one`;
  }
  return `${share} is missing in ${account}: npx pulumi up -s ${name}`;
}
