CREATE TABLE `companies` (`id` integer PRIMARY KEY AUTOINCREMENT,`code` text);

CREATE UNIQUE INDEX `idx_companies_code` ON `companies`(`code`);

CREATE TABLE `users` (`id` integer PRIMARY KEY AUTOINCREMENT,`created_at` datetime,`updated_at` datetime,`deleted_at` datetime,`name` text NOT NULL,`company_id` integer,`manager_id` integer,CONSTRAINT `fk_companies_users` FOREIGN KEY (`company_id`) REFERENCES `companies`(`id`) ON DELETE SET NULL,CONSTRAINT `fk_users_team` FOREIGN KEY (`manager_id`) REFERENCES `users`(`id`));

CREATE INDEX `idx_users_deleted_at` ON `users`(`deleted_at`);

CREATE TABLE `user_friends` (`user_id` integer,`friend_id` integer,PRIMARY KEY (`user_id`,`friend_id`),CONSTRAINT `fk_user_friends_user` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE CASCADE,CONSTRAINT `fk_user_friends_friends` FOREIGN KEY (`friend_id`) REFERENCES `users`(`id`) ON DELETE CASCADE);

CREATE TABLE `lang_languages` (`code` text,PRIMARY KEY (`code`));

CREATE TABLE `user_languages` (`language_code` text,`user_id` integer,PRIMARY KEY (`language_code`,`user_id`),CONSTRAINT `fk_user_languages_language` FOREIGN KEY (`language_code`) REFERENCES `lang_languages`(`code`),CONSTRAINT `fk_user_languages_user` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`));

CREATE TABLE `credit_cards` (`id` integer PRIMARY KEY AUTOINCREMENT,`created_at` datetime,`updated_at` datetime,`deleted_at` datetime,`number` text,`user_id` integer,CONSTRAINT `fk_users_credit_card` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE SET NULL ON UPDATE CASCADE);

CREATE INDEX `idx_credit_cards_deleted_at` ON `credit_cards`(`deleted_at`);

CREATE TABLE `orders` (`id` integer PRIMARY KEY AUTOINCREMENT,`user_id` integer NOT NULL,`company_code` text,CONSTRAINT `fk_orders_code` FOREIGN KEY (`company_code`) REFERENCES `companies`(`code`) ON DELETE RESTRICT,CONSTRAINT `fk_users_orders` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`));

CREATE INDEX `idx_orders_user_id` ON `orders`(`user_id`);

CREATE TABLE `items` (`id` integer PRIMARY KEY AUTOINCREMENT,`order_no` integer,`loose` integer,CONSTRAINT `fk_orders_items` FOREIGN KEY (`order_no`) REFERENCES `orders`(`id`));

CREATE TABLE `toys` (`id` integer PRIMARY KEY AUTOINCREMENT,`name` text,`owner_id` integer,`owner_type` text);

CREATE TABLE `dogs` (`id` integer PRIMARY KEY AUTOINCREMENT);

CREATE TABLE `kinds` (`id` integer PRIMARY KEY AUTOINCREMENT,`flag` numeric,`i` integer,`i8` integer,`i16` integer,`i32` integer,`u` integer,`u8` integer,`u16` integer,`u32` integer,`u64` integer,`f32` real,`f64` real,`exact` real,`whole` real,`s` text,`sized` text,`small` integer,`t` datetime,`precise` datetime,`d` integer,`b` blob,`arr` blob,`ns` text,`ni` integer,`nb` numeric,`nt` datetime,`nf` real,`gen` integer,`u4` text,`u5` uuid,`dec` text,`dec2` numeric(12,4),`text` text,`mood` integer,`json` JSON,`map` JSON,`slice` JSON,`date` date,`clock` TEXT,`serial` text,`gob` text,`unix` time,`ptr` text,`ptr_time` datetime,`made` integer,`changed` integer,`read_only` text,`deleted` datetime,`varchar` varchar(33) NOT NULL,`float` real,`num` integer,`not_really` text);

CREATE INDEX `idx_kinds_deleted` ON `kinds`(`deleted`);

CREATE TABLE `defaulteds` (`id` integer PRIMARY KEY AUTOINCREMENT,`s` text DEFAULT "user",`q` text DEFAULT "it is",`empty` text DEFAULT "",`word` text DEFAULT "CURRENT_TIMESTAMP",`i` integer DEFAULT 16,`f` real DEFAULT 1.5,`b` numeric DEFAULT false,`yes` numeric DEFAULT true,`t` datetime DEFAULT CURRENT_TIMESTAMP,`day` datetime DEFAULT "2020-01-02 00:00:00",`j` JSON DEFAULT '{}',`n` text DEFAULT null,`no` text,`neg` integer NOT NULL DEFAULT -5);

CREATE TABLE `indexeds` (`id` integer PRIMARY KEY AUTOINCREMENT,`a` text,`b` text,`c` text,`d` text,`e` integer,`f` text,`g` text,`hH` text,`i` integer,`j` integer,`k` integer,`l` text,CONSTRAINT `uni_indexeds_g` UNIQUE (`g`),CONSTRAINT `uni_indexeds_h_h` UNIQUE (`hH`),CONSTRAINT `chk_indexeds_i` CHECK (i > 0),CONSTRAINT `j_positive` CHECK (j > 0 AND j < 10),CONSTRAINT `chk_indexeds_k` CHECK (k <> 3));

CREATE INDEX `idx_l` ON `indexeds`(`l`) WHERE l <> 'a';

CREATE INDEX `idx_f` ON `indexeds`(lower(f));

CREATE INDEX `idx_e` ON `indexeds`(`e` desc);

CREATE UNIQUE INDEX `idx_d` ON `indexeds`(`d`) WHERE d <> '';

CREATE UNIQUE INDEX `idx_indexeds_pair` ON `indexeds`(`b`,`c`);

CREATE INDEX `idx_ab` ON `indexeds`(`c`,`b`);

CREATE INDEX `idx_indexeds_a` ON `indexeds`(`a`);

CREATE TABLE `http_servers` (`id` integer PRIMARY KEY AUTOINCREMENT,`http_url` text,`user_api_key_id` text,`o_auth2_id` text,`ipv4_addr` text,`sms_code` text,`user_ids` text,`s3_key` text,`e_tag` text,`a1_b2` text,`z_ip` text,`v_ip` text,`t_ip_s` text,`eq_ui_p` text,`utf8_name` text,`snake_case` text);

CREATE TABLE `nodes` (`id` uuid,`parent_id` uuid,PRIMARY KEY (`id`),CONSTRAINT `fk_nodes_parent` FOREIGN KEY (`parent_id`) REFERENCES `nodes`(`id`));

CREATE TABLE `people` (`id` integer PRIMARY KEY AUTOINCREMENT);

CREATE TABLE `addresses` (`id` integer PRIMARY KEY AUTOINCREMENT);

CREATE TABLE `person_addresses` (`person_id` integer,`address_id` integer,`created_at` datetime,PRIMARY KEY (`person_id`,`address_id`),CONSTRAINT `fk_person_addresses_person` FOREIGN KEY (`person_id`) REFERENCES `people`(`id`),CONSTRAINT `fk_person_addresses_address` FOREIGN KEY (`address_id`) REFERENCES `addresses`(`id`));

CREATE TABLE `a_very_long_name_of_a_struct_that_is_cut_somewheres` (`id` integer PRIMARY KEY AUTOINCREMENT,`a_field_with_a_very_long_name_as_well` text,`another_field_with_a_long_name_to_cut` text,CONSTRAINT `uni_a_very_long_name_of_a_struct_that_is_cut_somewheres_a9098d98` UNIQUE (`another_field_with_a_long_name_to_cut`));

CREATE INDEX `idx_a_very_long_name_of_a_struct_that_is_cut_somewheres_e5bad193` ON `a_very_long_name_of_a_struct_that_is_cut_somewheres`(`a_field_with_a_very_long_name_as_well`);

CREATE TABLE `embeddings` (`made_by` text NOT NULL,`version` integer DEFAULT 1,`id` integer PRIMARY KEY AUTOINCREMENT,`home_street` text,`home_zip` text,`work_street` text,`work_zip` text,`note` text,`x` integer,`y` integer);

CREATE INDEX `idx_embeddings_street` ON `embeddings`(`home_street`,`work_street`);

CREATE TABLE `keyeds` (`id` integer,`locale` text,PRIMARY KEY (`id`,`locale`));

CREATE TABLE `lines` (`id` integer PRIMARY KEY AUTOINCREMENT,`keyed_id` integer,`keyed_locale` text,CONSTRAINT `fk_keyeds_lines` FOREIGN KEY (`keyed_id`,`keyed_locale`) REFERENCES `keyeds`(`id`,`locale`));

CREATE TABLE `blogs` (`id` integer PRIMARY KEY AUTOINCREMENT,`slug` text,CONSTRAINT `uni_blogs_slug` UNIQUE (`slug`));

CREATE TABLE `tags` (`id` integer PRIMARY KEY AUTOINCREMENT,`name` text);

CREATE UNIQUE INDEX `idx_tags_name` ON `tags`(`name`);

CREATE TABLE `blog_tags` (`blog_slug` text,`tag_name` text,PRIMARY KEY (`blog_slug`,`tag_name`),CONSTRAINT `fk_blog_tags_tag` FOREIGN KEY (`tag_name`) REFERENCES `tags`(`name`),CONSTRAINT `fk_blog_tags_blog` FOREIGN KEY (`blog_slug`) REFERENCES `blogs`(`slug`));

CREATE TABLE `sessions` (`num` integer PRIMARY KEY AUTOINCREMENT,`data` text);

