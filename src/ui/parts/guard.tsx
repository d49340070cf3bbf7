import { Component, type ReactNode } from "react";

interface GuardProps {
  /** Shown instead when a part cannot be drawn, its chunk not fetched for instance. */
  readonly fallback: ReactNode;
  readonly children: ReactNode;
}

interface GuardState {
  readonly failed: boolean;
}

/** A part that breaks must not take the page with it. */
export class Guard extends Component<GuardProps, GuardState> {
  override state: GuardState = { failed: false };

  static getDerivedStateFromError(): GuardState {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}
