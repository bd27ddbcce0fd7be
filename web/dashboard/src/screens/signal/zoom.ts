import { useCallback, useEffect, useLayoutEffect, useRef, useState, type PointerEvent as ReactPointerEvent } from "react";

const largest = 8; // times the width of the box
const step = 1.5;

interface Point {
  x: number;
  y: number;
}

/**
 * useZoom lets a picture in a scrolling box be zoomed from 1 to 8: by keys, by buttons, by Ctrl and the
 * wheel, by pinching. Dragging moves it. The point under the pointer stays in place.
 */
export function useZoom() {
  const [zoom, setZoom] = useState(1);
  const box = useRef<HTMLDivElement>(null);
  const anchor = useRef<{ share: Point; at: Point } | null>(null);
  const pointers = useRef(new Map<number, Point>());

  const zoomBy = useCallback((factor: number, at?: Point) => {
    const element = box.current;
    if (!element) return;
    const frame = element.getBoundingClientRect();
    const inside = at ? { x: at.x - frame.left, y: at.y - frame.top } : { x: element.clientWidth / 2, y: element.clientHeight / 2 };
    anchor.current = { at: inside, share: { x: (element.scrollLeft + inside.x) / element.scrollWidth, y: (element.scrollTop + inside.y) / element.scrollHeight } };
    setZoom((value) => Math.min(Math.max(value * factor, 1), largest));
  }, []);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !anchor.current) return;
    const { at, share } = anchor.current;
    element.scrollTo(share.x * element.scrollWidth - at.x, share.y * element.scrollHeight - at.y);
  }, [zoom]);

  useEffect(() => {
    const element = box.current;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return; // the wheel alone scrolls
      event.preventDefault();
      zoomBy(Math.exp(-event.deltaY / 200), { x: event.clientX, y: event.clientY });
    };
    element?.addEventListener("wheel", onWheel, { passive: false }); // React's own is passive
    return () => element?.removeEventListener("wheel", onWheel);
  }, [zoomBy]);

  const onPointerDown = (event: ReactPointerEvent) => {
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (event.pointerType !== "touch") event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: ReactPointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, now);
    if (other) zoomBy(distance(now, other) / Math.max(distance(before, other), 1), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    else box.current?.scrollBy(before.x - now.x, before.y - now.y);
  };
  const onPointerUp = (event: ReactPointerEvent) => pointers.current.delete(event.pointerId);

  const key = (name: string): boolean => {
    if (name === "+" || name === "=") zoomBy(step);
    else if (name === "-") zoomBy(1 / step);
    else if (name === "0") setZoom(1);
    else return false;
    return true;
  };
  const handlers = { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onLostPointerCapture: onPointerUp };
  return { zoom, box, handlers, key, zoomIn: () => zoomBy(step), zoomOut: () => zoomBy(1 / step), fit: () => setZoom(1) };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
