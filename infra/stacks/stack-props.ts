import type { StackProps } from 'aws-cdk-lib/core';
import type { Settings } from '../settings/settings.ts';

export interface LiftlockStackProps extends StackProps {
  readonly settings: Settings;
}
