import { createHash } from 'node:crypto';

export type Image = Readonly<Record<string, unknown>>;

/** A record in the form that Lambda passes to a function. Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Image;
    readonly NewImage?: Image;
    readonly OldImage?: Image;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: 'NEW_AND_OLD_IMAGES';
  };
  readonly eventSourceARN: string;
}

export interface StreamOptions {
  readonly arn: string;
  readonly table: string;
  readonly region: string;
  /** Names of the table's key attributes. */
  readonly keys: readonly string[];
}

/** The kept state of a stream: the number of all its records, and the unread ones. */
export interface KeptStream {
  readonly count: number;
  readonly records: readonly StreamRecord[];
}

/** The stream of one table, in one shard, with the unread records, the oldest first. */
export class TableStream {
  readonly options: StreamOptions;
  records: StreamRecord[] = [];
  #count = 0;
  onChange: () => void = () => {};
  keep: (kept: KeptStream) => void = () => {};

  constructor(options: StreamOptions) {
    this.options = options;
  }

  /** Adds a successful write; a write without a change adds no record. */
  append(before: Image | undefined, after: Image | undefined, now: number): void {
    const eventName = before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY';
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    const { arn, region, keys } = this.options;
    this.#count += 1;
    const item = after ?? before ?? {};
    const images = {
      ...(after === undefined ? {} : { NewImage: after }),
      ...(before === undefined ? {} : { OldImage: before }),
    };
    const SequenceNumber = String(this.#count).padStart(21, '1');
    this.records.push({
      eventID: createHash('md5').update(`${arn}/${SequenceNumber}`).digest('hex'),
      eventName,
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: region,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(now / 1000),
        Keys: Object.fromEntries(keys.map((name) => [name, item[name]])),
        ...images,
        SequenceNumber,
        SizeBytes: JSON.stringify(images).length,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      eventSourceARN: arn,
    });
    this.#changed();
  }

  /** Removes the oldest `count` records. */
  take(count: number): void {
    this.records = this.records.slice(count);
    this.#changed();
  }

  restore({ count, records }: KeptStream): void {
    this.#count = count;
    this.records = [...records];
    this.onChange();
  }

  #changed(): void {
    this.keep({ count: this.#count, records: this.records });
    this.onChange();
  }
}

/** Streams of tables that have one. */
export class TableStreams {
  readonly #streams: TableStream[] = [];

  add(options: StreamOptions): TableStream {
    const stream = new TableStream(options);
    this.#streams.push(stream);
    return stream;
  }

  all(): readonly TableStream[] {
    return this.#streams;
  }

  find(arn: string): TableStream | undefined {
    return this.#streams.find(({ options }) => options.arn === arn);
  }

  ofTable(table: string): TableStream | undefined {
    return this.#streams.find(({ options }) => options.table === table);
  }
}
