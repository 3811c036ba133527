/* What opens and folds does it at once for who asked their system for less motion. */
(function () {
  "use strict";

  if (window.siteMapMotion) return;
  window.siteMapMotion = true;

  const less = window.matchMedia("(prefers-reduced-motion: reduce)");
  const animate = Element.prototype.animate;

  Element.prototype.animate = function (...asked) {
    const animation = animate.apply(this, asked);
    // Not finish(): who listens for the end starts to only after this, and would never hear of it.
    if (less.matches && Number.isFinite(animation.effect.getComputedTiming().endTime)) {
      animation.effect.updateTiming({ delay: 0, duration: 0 });
    }
    return animation;
  };
})();
