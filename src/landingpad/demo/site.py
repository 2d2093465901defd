"""The demo site: a fictitious furniture workshop."""

from landingpad.demo.model import DemoBlock, DemoPage, DemoSite
from landingpad.demo.parts import (
    ADDRESS,
    ENQUIRY,
    MAIL,
    PHONE,
    PHONE_LINK,
    block,
    call_to_action,
    footer,
    icon,
    link,
    menu,
    picture,
    search_fields,
)

__all__ = ["DEMO", "DemoBlock", "DemoPage", "DemoSite"]


def _site() -> DemoSite:
    return DemoSite(
        fields={
            "TITLE": "Lindmoor Furniture Workshop",
            "CODE": "lindmoor",
            "TYPE": "PAGE",
            "DESCRIPTION": "Furniture and kitchens in solid timber, designed, made and fitted by one small team.",
        },
        additional_fields={"THEME_USE": "Y", "THEME_COLOR": "#2b5d4f", "UP_SHOW": "N"},
        pages=(_home(), _furniture(), _about(), _contact()),
    )


def _home() -> DemoPage:
    return DemoPage(
        is_index=True,
        fields={"TITLE": "Home", "CODE": "home", "DESCRIPTION": "Furniture made to measure in solid timber."},
        additional_fields=search_fields(
            "Lindmoor: furniture and kitchens made to measure",
            "Tables, shelving and kitchens in solid oak, ash and walnut. Drawn for your room, made in our workshop "
            "and fitted by the people who built them.",
        ),
        blocks=(
            menu(),
            block(
                "01.big_with_text",
                small_title="Furniture workshop since 1998",
                title="Furniture for the room you have",
                text="Tables, shelving and kitchens in solid timber. Drawn for your walls, made at our benches and "
                "fitted by the people who built them.",
                button=link("Book a free visit", ENQUIRY),
            ),
            block(
                "lp.numbers",
                card_number=("27", "1,140", "9", "10"),
                card_text=(
                    "years in the same workshop",
                    "pieces in daily use",
                    "makers, one of them in training",
                    "years of promise on every joint",
                ),
            ),
            block(
                "04.1.one_col_fix_with_title",
                small_title="What we make",
                title="Made once, made for you",
                text="Nothing leaves a catalogue here. Each piece begins with your room, your timber and the way you "
                "live around it.",
            ),
            block(
                "20.2.three_cols_fix_img",
                card_img=(
                    picture("oak-table.webp", "Oak table with a bench"),
                    picture("chairs.webp", "Two oak chairs with red and green seats"),
                    picture("wall-shelf.webp", "Oak wall shelf with books and ceramics"),
                ),
                card_title=("Tables and benches", "Chairs and stools", "Shelving and storage"),
                card_text=(
                    "For four people or fourteen, with edges that ask to be touched.",
                    "Light to lift, steady to sit on, and easy to mend in twenty years.",
                    "From one shelf to a library wall, to the millimetre.",
                ),
                card_button=(
                    link("See tables", "/furniture/"),
                    link("See seating", "/furniture/"),
                    link("See shelving", "/furniture/"),
                ),
            ),
            block(
                "31.1.two_cols_text_img",
                img=picture("workshop.webp", "The Lindmoor workshop: a bench in the middle, tools on the wall"),
                title="Made here, by the people you meet",
                text="<p>There is no showroom between you and the workshop. Whoever draws your piece also picks the "
                "boards for it, and stands in your hall on the day it arrives.</p>"
                "<p>Come and see yours while it is on the bench. The kettle is on most afternoons.</p>",
                button=link("Meet the team", "/about/"),
            ),
            block("27.3.one_col_fix_title", title="From the last few months"),
            block(
                "lp.mosaic",
                card_img=(
                    picture("kitchen.webp", "Green kitchen with an oak island"),
                    picture("sideboard.webp", "Walnut sideboard with a lamp and vases"),
                    picture("desk.webp", "Oak desk below a wall shelf"),
                    picture("bedroom.webp", "Bedroom with a slatted oak bed"),
                    picture("stools.webp", "Three stools in oak, ash and walnut"),
                ),
            ),
            block(
                "lp.steps",
                "how",
                title="From first call to last screw",
                card_title=("Visit", "Drawing", "Making", "Fitting"),
                card_text=(
                    "We measure, look at the light and listen. An hour, free of charge.",
                    "Plans, timber samples and a fixed price within ten days.",
                    "Four to eight weeks at the bench. We send pictures as it grows.",
                    "Delivered, fitted and swept up, usually in a single day.",
                ),
            ),
            block(
                "lp.quote",
                text="“We asked for a table. They asked who would sit at it. Six years on, it is still the room "
                "everybody ends up in.”",
                name="Marta Oakes",
                job="Dining table in ash",
            ),
            call_to_action(
                "Have a room in mind?",
                "Send us a photo and two measurements. You will have an honest first idea of the cost within two "
                "working days.",
            ),
            footer(),
        ),
    )


def _furniture() -> DemoPage:
    return DemoPage(
        fields={"TITLE": "Furniture", "CODE": "furniture", "DESCRIPTION": "What we make and what it costs."},
        additional_fields=search_fields(
            "Furniture, kitchens and prices · Lindmoor",
            "Kitchens, bedrooms and single pieces in solid timber, with clear starting prices and a ten-year promise.",
        ),
        blocks=(
            menu(),
            block(
                "43.4.cover_with_price_text_button_bgimg",
                small_title="The Harrow sideboard",
                title="One sideboard, three timbers",
                text="Solid panels, hand-cut joints and doors that close without a sound. Made to your width in oak, "
                "ash or walnut, and delivered in one piece.",
                price_title="From",
                price="£1,240",
                button=link("Ask about the Harrow", f"mailto:{MAIL}?subject=Harrow%20sideboard"),
                img=picture("sideboard.webp", "The Harrow sideboard in walnut with a lamp and vases"),
            ),
            block(
                "04.1.one_col_fix_with_title",
                small_title="Whole rooms",
                title="When one piece is not enough",
                text="Most of our year is spent on rooms: planned as a whole, so that every door, drawer and shelf "
                "belongs.",
            ),
            block(
                "02.three_cols_big_1",
                card_title=("Kitchens", "Bedrooms", "Studies"),
                card_text=(
                    "Cabinets, islands and larders for the way you really cook.",
                    "Beds, wardrobes and a quiet place for the lamp.",
                    "Desks and shelving that keep a working day in order.",
                ),
                card_button=(
                    link("Ask about kitchens", f"mailto:{MAIL}?subject=Kitchen"),
                    link("Ask about bedrooms", f"mailto:{MAIL}?subject=Bedroom"),
                    link("Ask about studies", f"mailto:{MAIL}?subject=Study"),
                ),
            ),
            block(
                "19.2.features_with_img",
                title="Thought through to the last drawer",
                text="The parts you touch every day deserve the most work.",
                card_title=("Drawers in solid ash", "Runners that stay quiet", "Finishes you can renew"),
                card_text=(
                    "Dovetailed at the front, oiled inside, divided the way you need.",
                    "Full extension, soft closing, and replaced in ten minutes.",
                    "Oil and hard wax: a cloth and an evening bring them back.",
                ),
            ),
            block("27.3.one_col_fix_title", "prices", title="What it costs"),
            block(
                "11.three_cols_fix_tariffs",
                title=("Single piece", "Whole room", "Care and repair"),
                subtitle=("One table, shelf or sideboard", "A kitchen, study or bedroom", "For furniture you love"),
                price=("from £480", "from £3,900", "£65 an hour"),
                price_button=(
                    link("Ask about a piece", f"mailto:{MAIL}?subject=A%20single%20piece"),
                    link("Book a visit", ENQUIRY),
                    link("Send us a photo", f"mailto:{MAIL}?subject=Repair"),
                ),
            ),
            block(
                "lp.faq",
                title="Good questions",
                text=f'If yours is missing, ring <a href="{PHONE_LINK}">{PHONE}</a>. A person answers.',
            ),
            call_to_action(
                "Not sure where to begin?",
                "Tell us what annoys you about the room. That is usually where the best piece comes from.",
            ),
            footer(),
        ),
    )


def _about() -> DemoPage:
    return DemoPage(
        fields={"TITLE": "About", "CODE": "about", "DESCRIPTION": "The workshop and the people in it."},
        additional_fields=search_fields(
            "The workshop and its people · Lindmoor",
            "Nine makers in an old sawmill: how Lindmoor began, who works here and why every joint is promised for "
            "ten years.",
        ),
        blocks=(
            menu(),
            block(
                "lp.page_title",
                small_title="About Lindmoor",
                title="Nine people, one workshop",
                text="What we know, we learned at the bench. What we make, we would put in our own homes.",
            ),
            block(
                "32.2.img_one_big",
                img=picture("workshop-evening.webp", "The old sawmill at dusk, light in the windows"),
                text="The old sawmill, our home since 2004",
            ),
            block(
                "27.6.one_col_fix_text",
                title="How it began",
                text="<p>In 1998 Ada Lind rented half a garage, one bench and a bandsaw with a temper. The first order "
                "was a kitchen table for her former landlady. It is still in use, and so is the recipe: listen "
                "first, draw slowly, cut once.</p>"
                "<p>Six years later the sawmill at the end of Mill Lane stood empty. We moved in with four people "
                "and a van. Today we are nine, and about a third of our work comes from families we have built for "
                "before.</p>",
            ),
            block(
                "04.1.one_col_fix_with_title",
                small_title="The team",
                title="The people behind the pieces",
                text="Four of the nine faces you may meet when you visit.",
            ),
            block(
                "28.5.team_4_cols_slider",
                member_name=("Ada Lind", "Tom Morrow", "Priya Nair", "Joel Hart"),
                member_post=("Founder, design", "Head of workshop", "Projects", "Finishing"),
                member_text=(
                    "Draws every piece by hand before a board is cut.",
                    "Thirty years at the bench, twenty-one of them here.",
                    "Plans visits, deliveries and fitting days to the hour.",
                    "Oil, wax, colour and the last pair of eyes.",
                ),
            ),
            block(
                "31.3.two_cols_text_img_fix",
                small_title="Joinery",
                title="Joints that need no screws",
                text="<p>Glue ages and screws work loose, but a well-cut joint only grows tighter. We cut ours by "
                "hand and promise each of them for ten years.</p>"
                "<p>If one ever moves, ring us. We come and put it right, at no cost.</p>",
                button=link("See our furniture", "/furniture/"),
            ),
            block(
                "23.big_carousel_blocks",
                title="People we have built for",
                text=(
                    "They saw how we cook before we had said a word. The kitchen fits us like a good coat.",
                    "Four weeks from first drawing to finished table, and not one surprise on the bill.",
                    "Our shelves came back looking better than the day my grandfather put them up.",
                ),
                name=("Hannah Reed", "Omar Siddiqui", "Ellen Marsh"),
                job=("Kitchen and larder", "Table for an architects’ office", "Repair of a library wall"),
            ),
            call_to_action(
                "Come and have a look",
                "Visitors are welcome any weekday. Ring before you set off, and we will have the kettle on.",
            ),
            footer(),
        ),
    )


def _contact() -> DemoPage:
    return DemoPage(
        fields={"TITLE": "Contact", "CODE": "contact", "DESCRIPTION": "How to reach the workshop."},
        additional_fields=search_fields(
            "Contact and opening hours · Lindmoor",
            "Telephone, e-mail, opening hours and the way to the Lindmoor workshop at the old sawmill.",
        ),
        blocks=(
            menu(),
            block(
                "lp.page_title",
                small_title="Contact",
                title="Let us talk about your room",
                text="Ring, write or come by. You always speak to somebody who has sawdust on their sleeves.",
            ),
            block(
                "lp.contacts",
                card_title=("Ring us", "Write to us", "Visit us"),
                card_text=(
                    "Weekdays from eight to five.",
                    "A photo and two measurements help.",
                    f"{ADDRESS}. Parking in the yard.",
                ),
                card_link=(link(PHONE, PHONE_LINK), link(MAIL, ENQUIRY), link("See the map", "#map")),
            ),
            block(
                "16.3.two_cols_map_text_fix",
                "map",
                title="The way to the workshop",
                card_icon=(icon("truck"), icon("clock-o"), icon("tree")),
                card_title=("By car", "By train", "On foot or by bicycle"),
                card_text=(
                    "Cross the river on the main road, then the second left into Mill Lane.",
                    "Ten minutes on foot from the station, along the line.",
                    "The river path ends at our back door. Racks are in the yard.",
                ),
                button=link("Book a visit", ENQUIRY),
            ),
            block(
                "lp.hours",
                "hours",
                title="When we are here",
                text="Machines stop at five; the lights often stay on longer. Ring first if you come a long way.",
                card_day=("Monday to Thursday", "Friday", "Saturday", "Sunday"),
                card_hours=("8.00 – 17.00", "8.00 – 15.30", "By appointment", "Closed"),
            ),
            block(
                "69.3.bank_requisites",
                title="Company details",
                card_text=(
                    "Lindmoor Furniture Workshop Ltd",
                    ADDRESS,
                    "00960140",
                    "Mill Lane Mutual",
                    "Lindmoor Furniture Workshop Ltd",
                    "00-00-00 · 00960140",
                ),
            ),
            footer(),
        ),
    )


DEMO = _site()
"""The demo site; its pages link to each other by path, which `DemoBlock.data` replaces."""
