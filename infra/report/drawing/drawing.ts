/** What a picture shows, before anything has a place. */
export interface Drawing {
  /** For who cannot see it, and above the picture where it stands alone. */
  readonly title: string;
  readonly description: string;
  readonly groups: readonly Group[];
  readonly nodes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

export interface Group {
  readonly id: string;
  readonly label: string;
  /** The group around it. */
  readonly within?: string;
}

/** `person` outside the system, `part` of ours, `store` of data, `step` of what happens. */
export type Kind = 'person' | 'part' | 'store' | 'step';

export interface Box {
  readonly id: string;
  readonly label: string;
  /** Smaller, below the label. */
  readonly detail?: string;
  readonly kind: Kind;
  readonly within?: string;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  readonly dashed?: boolean;
  /** Only puts `to` below `from`, which keeps a picture narrow; it is not drawn. */
  readonly hidden?: boolean;
}
