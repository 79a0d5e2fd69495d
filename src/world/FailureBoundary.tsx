import {Component, type ReactNode} from 'react';

interface Props {
  readonly children: ReactNode;
  /** Gets what a view threw. */
  onFailure(error: unknown): void;
}

/** Draws nothing once a view has thrown an error. Ink's own boundary would draw the program's code. */
export class FailureBoundary extends Component<Props, {readonly failed: boolean}> {
  override state = {failed: false};

  static getDerivedStateFromError(): {readonly failed: boolean} {
    return {failed: true};
  }

  override componentDidCatch(error: unknown): void {
    this.props.onFailure(error);
  }

  override render(): ReactNode {
    return this.state.failed ? null : this.props.children;
  }
}
