import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { App, Environment } from 'aws-cdk-lib/core';
import type { FunctionName } from '../core/contracts/names.ts';
import type { Settings } from './settings/settings.ts';
import { HubStack } from './stacks/hub-stack.ts';
import { SpokeForwarderStack, SpokeRoleStack } from './stacks/spoke-stacks.ts';
import { StateStack } from './stacks/state-stack.ts';

interface LiftlockAppOptions {
  readonly settings: Settings;
  readonly codeOf: (name: FunctionName) => Code;
}

/** Adds all stacks of Liftlock. They look nothing up, and without a hub account they fit any account and Region. */
export function addLiftlock(app: App, { settings, codeOf }: LiftlockAppOptions) {
  const { hubAccount: account, hubRegion: region } = settings;
  const env: Environment = {
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
  };
  // The resource that tells AWS which CDK modules are used is left out, since the templates are for StackSets and reviews too.
  const common = { settings, analyticsReporting: false };
  const state = new StateStack(app, 'LiftlockState', { ...common, env, terminationProtection: true });
  const hub = new HubStack(app, 'LiftlockHub', { ...common, env, state, codeOf });
  const spokeRole = new SpokeRoleStack(app, 'LiftlockSpokeRole', common);
  const spokeForwarder = new SpokeForwarderStack(app, 'LiftlockSpokeForwarder', common);
  return { state, hub, spokeRole, spokeForwarder };
}
