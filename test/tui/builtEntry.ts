/** What the screen tests use of the session, bundled as the program is: see builtScreens.ts. */
export * from 'ink';
export {App} from '../../src/tui/App.tsx';
