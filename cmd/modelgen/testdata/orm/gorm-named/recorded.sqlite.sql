CREATE TABLE `app_author` (`id` integer PRIMARY KEY AUTOINCREMENT,`name` text,CONSTRAINT `uni_app_author_name` UNIQUE (`name`));

CREATE INDEX `idx_app_author_name` ON `app_author`(`name`);

CREATE TABLE `app_book` (`id` integer PRIMARY KEY AUTOINCREMENT,`author_id` integer,`title_of_the_book_in_english` text);

CREATE INDEX `idx_app_book_title_of_6a16109f` ON `app_book`(`title_of_the_book_in_english`);

CREATE TABLE `app_author_likes` (`author_id` integer,`book_id` integer,PRIMARY KEY (`author_id`,`book_id`));

