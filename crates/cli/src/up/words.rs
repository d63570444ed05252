//! Passwords that a person can read off a terminal and type: `tarp-velvet-19`.

use insula_model::World;

/// 256 plain words, so that a byte picks one.
const WORDS: &str = "\
acorn alder almond amber anchor anvil apron arbor arrow aspen autumn badger bamboo banjo barley basin basket \
beacon beaver bellow birch bison blanket blossom bonfire border bottle boulder bramble branch brass breeze \
bridge brook bucket buckle button cabin cactus camel candle canoe canvas canyon carbon cargo carpet carrot \
castle cedar cello chalk cherry chess cider cinder circle citrus clamp clover cobalt cocoa comet copper coral \
cosmos cotton coyote cradle crane crater cricket crystal cypress daisy dapple delta denim desert dingo dolphin \
drift drum dune eagle easel echo elbow ember engine falcon feather fennel fern ferry fiddle field finch flame \
flannel flax flint flute forest forge fossil fountain fresco frost gable galaxy garden garlic garnet gecko \
geyser ginger glacier glider goblet gondola granite grape gravel grove guitar hammer harbor harvest hazel heath \
heron hickory hollow honey horizon husky indigo iris island ivory jacket jasmine jigsaw jungle juniper kayak \
kernel kettle kiwi ladder lagoon lantern larch lattice laurel lava leaf lemon lentil lever lilac linen lotus \
lumber lunar magnet mallet mango maple marble marsh meadow melon mesa mint mirror mitten moraine mosaic nectar \
needle nickel noodle nutmeg oasis oboe ocean olive onyx orbit orchid otter paddle panda papaya parcel parrot \
pebble pecan pepper petal piano pigeon pine pixel planet plaster plum pocket polar pollen poplar prairie prism \
pulley pumpkin quarry quartz quill rabbit radish raft rapid raven ribbon ridge river robin rocket saddle saffron \
sandal satin tarp tassel teapot temple thicket thistle timber toffee topaz torch tractor trumpet tulip tundra \
turnip twig velvet vessel walnut willow zephyr zinc";

/// `count` words and two digits.
pub(crate) fn password(world: &World, count: usize) -> String {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut bytes = vec![0u8; count];
    world.entropy.fill(&mut bytes);
    let picked: Vec<&str> = bytes.iter().filter_map(|b| words.get(usize::from(*b)).copied()).collect();
    format!("{}-{}", picked.join("-"), digits(world))
}

/// 10 to 99, each as likely as the others.
fn digits(world: &World) -> u8 {
    loop {
        let mut byte = [0u8; 1];
        world.entropy.fill(&mut byte);
        if byte[0] < 180 {
            return 10 + byte[0] % 90;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world;

    #[test]
    fn a_byte_picks_a_word() {
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        let unique: std::collections::BTreeSet<_> = words.iter().collect();
        assert_eq!((words.len(), unique.len()), (256, 256));
        assert!(
            words.iter().all(|w| (4..=8).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_lowercase()))
        );
    }

    #[test]
    fn passwords_are_long_enough_and_differ() {
        let world = world::system();
        let some: std::collections::BTreeSet<_> = (0..50).map(|_| password(&world, 2)).collect();
        assert!(some.len() > 45 && some.iter().all(|p| p.len() >= 12), "{some:?}");
    }
}
