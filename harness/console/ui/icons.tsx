/** The page's icons: 20 x 20, drawn with lines in the text's colour. */
import type { ComponentChildren } from 'preact';

function icon(children: ComponentChildren) {
  return () => (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const LogoIcon = () => (
  <svg class="logo" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d="M2 12c3-5 6.3-7.5 10-7.5S19 7 22 12c-3 5-6.3 7.5-10 7.5S5 17 2 12Z" />
    <circle cx="12" cy="12" r="3.4" />
  </svg>
);
export const ControlIcon = icon(<path d="m5 3 10.5 6.2-4.6 1.2 2.7 4.8-1.9 1-2.7-4.8L5.6 15 5 3Z" />);
export const PencilIcon = icon(
  <>
    <path d="m3.5 16.5 1-4L13 4a1.8 1.8 0 0 1 2.6 0l.4.4a1.8 1.8 0 0 1 0 2.6l-8.5 8.5-4 1Z" />
    <path d="m11.5 5.5 3 3" />
  </>,
);
export const EraserIcon = icon(
  <>
    <path d="m8 16.5-4.4-4.4a1.5 1.5 0 0 1 0-2.1l6.2-6.2a1.5 1.5 0 0 1 2.1 0l4.3 4.3a1.5 1.5 0 0 1 0 2.1L10 16.5H8Z" />
    <path d="m6.6 7 6.2 6.2M8 16.5h8.5" />
  </>,
);
export const EraseAllIcon = icon(
  <>
    <path d="m7 13.5-3.4-3.4a1.5 1.5 0 0 1 0-2.1l4.7-4.7a1.5 1.5 0 0 1 2.1 0l4.3 4.3a1.5 1.5 0 0 1 0 2.1L10.3 14H8Z" />
    <path d="m5.6 6 6.2 6.2M3 17h14M16 3.5l1.5 1.5M17.5 3.5 16 5" />
  </>,
);
export const UndoIcon = icon(
  <>
    <path d="M4 8.5h8.5a4 4 0 0 1 0 8H8" />
    <path d="M7.5 5 4 8.5 7.5 12" />
  </>,
);
export const LaserIcon = icon(
  <>
    <circle class="fill" cx="10" cy="10" r="2.6" />
    <path d="M10 2.5v2.6M10 14.9v2.6M2.5 10h2.6M14.9 10h2.6M4.7 4.7l1.8 1.8M13.5 13.5l1.8 1.8M4.7 15.3l1.8-1.8M13.5 6.5l1.8-1.8" />
  </>,
);
export const CameraIcon = icon(
  <>
    <path d="M3 6.5h3l1.3-2h5.4l1.3 2h3v9.5H3V6.5Z" />
    <circle cx="10" cy="11" r="3" />
  </>,
);
export const RecordIcon = icon(
  <>
    <circle cx="10" cy="10" r="7" />
    <circle class="fill" cx="10" cy="10" r="3.4" />
  </>,
);
export const MarkerIcon = icon(<path d="M5.5 17V3.5h9l-2.2 3.2 2.2 3.3h-9" />);
export const StopIcon = icon(<rect class="fill" x="5" y="5" width="10" height="10" rx="1.5" />);
export const PaletteIcon = icon(
  <>
    <path d="M10 2.8a7.2 7.2 0 1 0 0 14.4c1.3 0 1.9-.9 1.5-1.9-.5-1.2.2-2.2 1.5-2.2h2c1.4 0 2.2-1 2.2-2.6 0-4.2-3.2-7.7-7.2-7.7Z" />
    <circle class="fill" cx="6.6" cy="9.6" r=".9" />
    <circle class="fill" cx="9" cy="6.5" r=".9" />
    <circle class="fill" cx="12.8" cy="7.4" r=".9" />
  </>,
);
export const SizeIcon = icon(
  <>
    <rect x="2.8" y="4" width="14.4" height="12" rx="1.6" />
    <path d="M6 9.4V7h2.6M14 10.6V13h-2.6M6 7l3 2.6M14 13l-3-2.6" />
  </>,
);
export const FullScreenIcon = icon(<path d="M3.5 7.5v-4h4M12.5 3.5h4v4M16.5 12.5v4h-4M7.5 16.5h-4v-4" />);
export const LeaveFullScreenIcon = icon(
  <path d="M7.5 3.5v4h-4M16.5 7.5h-4v-4M12.5 16.5v-4h4M3.5 12.5h4v4" />,
);
export const PeopleIcon = icon(
  <>
    <circle cx="7.5" cy="7" r="2.8" />
    <path d="M2.5 16c.3-3 2.2-4.7 5-4.7s4.7 1.7 5 4.7M12.5 4.4a2.8 2.8 0 0 1 0 5.2M14 11.6c2 .5 3.2 2 3.5 4.4" />
  </>,
);
export const ChatIcon = icon(
  <>
    <path d="M3 4.5h14a.8.8 0 0 1 .8.8v8.4a.8.8 0 0 1-.8.8H9l-4 3v-3H3a.8.8 0 0 1-.8-.8V5.3a.8.8 0 0 1 .8-.8Z" />
    <path d="M6 8.2h8M6 11h5" />
  </>,
);
export const SendIcon = icon(<path d="M3.5 10 3 4l14 6-14 6 .5-6Zm0 0h6" />);
export const KeyboardIcon = icon(
  <>
    <rect x="2" y="5" width="16" height="10.5" rx="1.8" />
    <path d="M5 8.3h.01M8.3 8.3h.01M11.6 8.3h.01M15 8.3h.01M5 12.2h.01M15 12.2h.01M7.8 12.2h4.4" />
  </>,
);
export const MoreIcon = icon(
  <>
    <circle class="fill" cx="4.5" cy="10" r="1.5" />
    <circle class="fill" cx="10" cy="10" r="1.5" />
    <circle class="fill" cx="15.5" cy="10" r="1.5" />
  </>,
);
export const LabIcon = icon(
  <path d="M7.5 3h5M8.5 3v5L4 15.5a1 1 0 0 0 .9 1.5h10.2a1 1 0 0 0 .9-1.5L11.5 8V3M6 12.5h8" />,
);
export const DetailsIcon = icon(
  <path d="M3.5 3.5h5v5h-5v-5Zm8 0h5v5h-5v-5Zm-8 8h5v5h-5v-5Zm8 0h5v5h-5v-5Z" />,
);
export const HelpIcon = icon(
  <>
    <circle cx="10" cy="10" r="7.2" />
    <path d="M7.8 7.8a2.3 2.3 0 1 1 3.4 2c-.8.5-1.2 1-1.2 1.9M10 14.2v.1" />
  </>,
);
export const ChevronIcon = icon(<path d="m6.5 8.3 3.5 3.5 3.5-3.5" />);
export const CheckIcon = icon(<path d="m4.5 10.5 3.6 3.6 7.4-8.2" />);
export const PlusIcon = icon(<path d="M10 4.5v11M4.5 10h11" />);
export const MinusIcon = icon(<path d="M4.5 10h11" />);
export const CloseIcon = icon(<path d="m5 5 10 10M15 5 5 15" />);
export const ScreenIcon = icon(
  <>
    <rect x="2.8" y="3.5" width="14.4" height="10" rx="1.6" />
    <path d="M7 17h6M10 13.5V17" />
  </>,
);
export const FilmIcon = icon(
  <>
    <rect x="2.8" y="4" width="14.4" height="12" rx="1.6" />
    <path class="fill" d="m8.3 7.2 4.6 2.8-4.6 2.8V7.2Z" />
  </>,
);
export const FolderIcon = icon(<path d="M2.8 15.5v-11h5l1.6 2h7.8v9H2.8Z" />);
export const PlayIcon = icon(<path class="fill" d="m6 3.8 10 6.2-10 6.2V3.8Z" />);
export const PauseIcon = icon(<path class="fill" d="M5.5 4h3v12h-3V4Zm6 0h3v12h-3V4Z" />);
export const StepBackIcon = icon(
  <>
    <path class="fill" d="m14.5 4.5-7.5 5.5 7.5 5.5v-11Z" />
    <path d="M5 5v10" />
  </>,
);
export const StepForwardIcon = icon(
  <>
    <path class="fill" d="m5.5 4.5 7.5 5.5-7.5 5.5v-11Z" />
    <path d="M15 5v10" />
  </>,
);
export const SpeedIcon = icon(
  <>
    <path d="M3.6 14.6a7.2 7.2 0 1 1 12.8 0" />
    <path d="m10 12 3.2-4.2" />
  </>,
);
export const SkipIcon = icon(<path d="m3.5 5 5.5 5-5.5 5V5Zm7 0 5.5 5-5.5 5V5Z" />);
export const ListIcon = icon(<path d="M7 5.5h10M7 10h10M7 14.5h10M3.2 5.5h.01M3.2 10h.01M3.2 14.5h.01" />);
export const DownloadIcon = icon(<path d="M10 3v9.5M6 9l4 3.8L14 9M3.5 16.5h13" />);
export const TrashIcon = icon(
  <path d="M3.5 5.5h13M8 5.5V3.3h4v2.2M5.2 5.5l.7 11h8.2l.7-11M8.3 8.5v5M11.7 8.5v5" />,
);
export const BackIcon = icon(<path d="M16.5 10h-13M8.5 5l-5 5 5 5" />);
export const WarningIcon = icon(<path d="M10 3 2.5 16.5h15L10 3Zm0 5v4M10 14.2v.1" />);
export const ConvertIcon = icon(
  <path d="M3.5 8.5a6.6 6.6 0 0 1 12-2.2M16.5 11.5a6.6 6.6 0 0 1-12 2.2M15.8 2.8v3.6h-3.6M4.2 17.2v-3.6h3.6" />,
);
