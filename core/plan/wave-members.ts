import type { Ledger } from '../contracts/items/protocol.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { Agenda } from './agenda.ts';

/** One cap that a cluster counts against. */
export interface Cap {
  readonly key: string;
  readonly limit: number;
}

/** What decides about a member beside its wave; it stays the same while a plan is drawn. */
export interface Standing {
  /** Whether the member is set aside at the first look. */
  readonly isAside: boolean;
  /** The cap of the member's account: members that share all other caps may differ in this one. */
  readonly own: readonly Cap[];
  /** All other caps of the member. */
  readonly shared: readonly Cap[];
}

/** Members under the same shared caps: where one of those caps is full, none of these members is looked at. */
interface Group {
  readonly caps: readonly Cap[];
  /** Places in the list, in order. */
  readonly pending: Set<number>;
}

const isBegun = ({ status, inFlight }: Member): boolean =>
  status === 'Running' || status === 'Parked' || status === 'Quarantined' || inFlight;

/** The members of one wave by position, indexed by what a look asks for: a look costs as much as it finds, not as much as the wave holds. */
export class WaveMembers {
  readonly #list: Member[];
  /** Places of members that are begun or set aside. */
  readonly #begun = new Set<number>();
  /** Places of members that the first look sets aside. */
  readonly #aside: number[] = [];
  readonly #groups: Group[] = [];
  readonly #own: (readonly Cap[])[] = [];
  readonly #groupOf: (Group | undefined)[] = [];

  constructor(members: readonly Member[], standingOf: (member: Member) => Standing) {
    this.#list = [...members];
    const groups = new Map<string, Group>();
    for (const [place, member] of members.entries()) {
      if (isBegun(member)) this.#begun.add(place);
      const { isAside, own, shared } = standingOf(member);
      if (isAside) this.#aside.push(place);
      this.#own.push(own);
      if (isAside || member.status !== 'Pending') continue;
      const key = shared.map((cap) => cap.key).join(' ');
      const group = groups.get(key) ?? { caps: shared, pending: new Set() };
      groups.set(key, group);
      group.pending.add(place);
      this.#groupOf[place] = group;
    }
    this.#groups.push(...groups.values());
  }

  get list(): readonly Member[] {
    return this.#list;
  }

  /** No member of a group becomes pending again, so its places stay in order; one that was set aside and is let in is found by `aside`. */
  set(place: number, member: Member): void {
    this.#list[place] = member;
    if (member.status !== 'Pending') this.#groupOf[place]?.pending.delete(place);
    if (isBegun(member)) this.#begun.add(place);
    else this.#begun.delete(place);
  }

  /** The members that have not settled. */
  unsettled(): Member[] {
    return this.#list.filter((member) => member.status === 'Pending' || isBegun(member));
  }

  /** The members that are begun or set aside. */
  begun(): Member[] {
    return this.#at(this.#begun);
  }

  /** The members that the first look will set aside, or has left as they are. */
  aside(): Member[] {
    return this.#at(this.#aside).filter(({ status }) => status === 'Pending');
  }

  /** The first member that is pending and not set aside. */
  firstPending(): Member[] {
    const firsts = this.#groups.flatMap(({ pending }) => pending.values().next().value ?? []);
    return firsts.length === 0 ? [] : this.#at([Math.min(...firsts)]);
  }

  /** The first pending members, as many as `most` and as there is room for under the caps, each cap widened by `spare`. */
  pending(most: number, counts: Ledger['counts'], spare: number): Member[] {
    const taken = new Map<string, number>();
    const hasRoom = ({ key, limit }: Cap): boolean => (counts[key] ?? 0) + (taken.get(key) ?? 0) < limit + spare;
    const heads = new Agenda<{ readonly group: Group; readonly rest: Iterator<number> }>();
    const next = (group: Group, rest: Iterator<number>): void => {
      const { done, value } = rest.next();
      if (done !== true) heads.add(value, { group, rest });
    };
    for (const group of this.#groups) if (group.caps.every(hasRoom)) next(group, group.pending.values());
    const found: number[] = [];
    while (found.length < most) {
      const place = heads.nextAt;
      if (place === undefined) break;
      const { group, rest } = heads.take();
      // A cap that is full stays full during this look, so no other member of the group is asked.
      if (!group.caps.every(hasRoom)) continue;
      const own = this.#own[place] ?? [];
      if (own.every(hasRoom)) {
        for (const { key } of [...group.caps, ...own]) taken.set(key, (taken.get(key) ?? 0) + 1);
        found.push(place);
      }
      next(group, rest);
    }
    return this.#at(found);
  }

  /** Whether another member than these is pending whose caps have room, before a place or anywhere. */
  hasOthers(these: ReadonlySet<Member>, counts: Ledger['counts'], before = Number.POSITIVE_INFINITY): boolean {
    const hasRoom = ({ key, limit }: Cap): boolean => (counts[key] ?? 0) < limit;
    for (const { caps, pending } of this.#groups) {
      if (!caps.every(hasRoom)) continue;
      for (const place of pending) {
        if (place >= before) break;
        const member = this.#list[place];
        if (member !== undefined && !these.has(member) && (this.#own[place] ?? []).every(hasRoom)) return true;
      }
    }
    return false;
  }

  #at(places: Iterable<number>): Member[] {
    const members: Member[] = [];
    for (const place of places) {
      const member = this.#list[place];
      if (member !== undefined) members.push(member);
    }
    return members;
  }
}
