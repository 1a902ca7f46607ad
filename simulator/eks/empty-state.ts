import { addonVersionData } from './addon-version-data.ts';
import type { FakeEksState } from './state/fake-eks-state.ts';
import { supportCalendarData } from './support-calendar-data.ts';

/** An EKS without clusters at `now`, with the known calendar and add-on catalog, without denied accounts and throttling. */
export function emptyState(now: Date): FakeEksState {
  return {
    now: now.getTime(),
    clusters: {},
    gone: [],
    timers: [],
    timerSequence: 0,
    supportCalendar: [...supportCalendarData],
    addonVersions: Object.fromEntries(Object.entries(addonVersionData).map(([name, rows]) => [name, [...rows]])),
    launchTemplateKubelets: {},
    deniedAccounts: [],
    throttle: null,
    buckets: {},
    plannedFailures: [],
    mutations: [],
    refusedMutations: [],
    actors: [],
    actorFailures: [],
  };
}
