#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How much of a relation a rebuild would give back, how sure that is, and how it was found out.
struct BloatEstimate: Sendable, Equatable {
  enum Verdict: String, Sendable { case yes, no, undecided }

  /// In blocks.
  let size: Int
  /// The share of the size that a rebuild would give back, 0 to 1.
  let share: Double
  /// Half-width of the 95 % interval of the share.
  let bar: Double
  /// Such as `64 of 12800 blocks` or `pgstattuple`.
  let method: String
  let confidence: Confidence
  /// Blocks of the relation that were read for it; nil where an extension read them and doesn't tell.
  let blocksRead: Int?

  init(size: Int, share: Double, bar: Double, method: String, confidence: Confidence, blocksRead: Int? = nil) {
    self.blocksRead = blocksRead
    self.size = size
    self.share = min(1, max(0, share))
    self.bar = bar
    self.method = method
    self.confidence = confidence
  }

  /// Whether the share is above the threshold, as far as the error bar lets that be said.
  func verdict(_ threshold: Double) -> Verdict {
    if share - bar > threshold { return .yes }
    return share + bar < threshold ? .no : .undecided
  }

  /// More blocks would help: the bar is wide, or the threshold lies inside it.
  func isVague(_ threshold: Double) -> Bool { bar > 0.05 || verdict(threshold) == .undecided }

  func reclaimable(_ blockSize: Int) -> Int { Int(share * Double(size)) * blockSize }

  /// `41 % ± 2`.
  var text: String { "\(Quantity.percent(share)) ± \(Int((bar * 100).rounded(.up)))" }
}
