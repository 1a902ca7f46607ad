import { addonFits } from '../../model/addon-target.ts';
import { issueTexts } from '../../model/issue-text.ts';
import { partPasses } from '../../model/passing-status.ts';
import { sentence } from '../../model/words.ts';
import { preflightCheck } from './preflight-check.ts';

/** The update of an add-on may repair it. An add-on that already fits is not updated, so its step would fail while it is not well. */
export const addonStatus = preflightCheck({
  name: 'AddonStatus',
  source: 'eks',
  finds: 'An add-on that would stay at its version is not ACTIVE, and does not become so by itself.',
  observe: ({ target, addons }) =>
    addons
      .filter(({ addon }) => addon.status !== 'ACTIVE' && !partPasses(addon.status))
      .map(({ addon, info }) => ({
        severity: info !== undefined && !addonFits(addon, info, target.toString()) ? 'warning' : 'error',
        subject: { kind: 'Addon', name: addon.addonName },
        cause: `addon:${addon.addonName}`,
        message: sentence([`The add-on ${addon.addonName} is ${addon.status}`, ...issueTexts(addon.health)].join('; ')),
        fix: 'Repair it, or remove it (aws eks describe-addon, health.issues).',
      })),
});
